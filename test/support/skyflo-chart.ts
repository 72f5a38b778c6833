import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { testSandbox } from './sandbox.js';

const run = promisify(execFile);

/** The folder of the chart. */
export const CHART = fileURLToPath(new URL('../../charts/skyflo-mcp', import.meta.url));

/** The folder it is in, as `HELM_CHARTS_DIR` of a server. */
export const CHARTS = join(CHART, '..');

export type Values = Record<string, unknown>;

/** An object of Kubernetes, as far as specs of the chart look at it. */
export interface Rendered {
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
  rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

/** A variable of a container. */
export interface Variable {
  name: string;
  value?: string;
}

/** What Helm prints for values, as text. */
export async function renderText(values: Values = {}, namespace = 'skyflo'): Promise<string> {
  const file = join(testSandbox().folder, `values-${randomUUID()}.json`);
  await writeFile(file, JSON.stringify(values));
  const args = ['template', 'skyflo-mcp', CHART, '--namespace', namespace, '--values', file];
  const options = { env: { ...process.env, ...testSandbox().env }, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await run('helm', args, options);
  return stdout;
}

/** The objects that the chart makes of values. */
export async function render(values: Values = {}, namespace?: string): Promise<Rendered[]> {
  return parseAllDocuments(await renderText(values, namespace))
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}

/** Why Helm refuses values. It must refuse them. */
export async function refusalOf(values: Values): Promise<string> {
  const refusal = await renderText(values).then(
    () => undefined,
    ({ stderr }: { stderr: string }) => stderr,
  );
  if (refusal === undefined) throw new Error(`taken: ${JSON.stringify(values)}`);
  return refusal;
}

/** Values for which the chart makes the same each time: nothing is random. */
export const STEADY: Values = {
  keys: { create: false, existingSecret: 'keys' },
  tls: { mode: 'secret', existingSecret: 'tls' },
};

/** The variables of the server's container. */
export function variablesOf(objects: readonly Rendered[]): Variable[] {
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  if (!deployment) throw new Error('There is no Deployment.');
  const { template } = deployment.spec as {
    template: { spec: { containers: [{ env: Variable[] }] } };
  };
  return template.spec.containers[0].env;
}

/** The values of the chart itself. */
export function ownValues(): Values {
  return parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Values;
}

/** Values below others, where both have objects. */
export function merged(below: Values, above: Values): Values {
  const result = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = below[key];
    result[key] = isObject(under) && isObject(value) ? merged(under, value) : value;
  }
  return result;
}

/** Whether a value holds others by name. */
export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
