import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { InstalledPackage } from './installed-package.js';
import { kubectl } from './kubectl.js';

const run = promisify(execFile);

/** As a user writes it. What has to be refused is refused. */
const PROGRAM = `
import { createClient, SkyfloError, type RunEvent, type ToolParameters } from 'skyflo-mcp/client';

const client = createClient({ baseUrl: 'http://localhost:8081', token: async () => 'token' });
const params: ToolParameters<'k8s_get'> = { resource_type: 'pods', output: 'wide', context: 'a' };

export async function main(): Promise<string | undefined> {
  const { result, executionId } = await client.call('k8s_get', params);
  for await (const event of client.stream('k8s_logs', { pod_name: 'deployment/web' })) show(event);
  const run = await client.start('wait_for_x_seconds', { seconds: 1 }, { timeoutSeconds: 5 });
  const { status } = await run.status();
  // @ts-expect-error no such tool
  await client.call('k8s_got', {});
  // @ts-expect-error a parameter is missing
  await client.call('k8s_get', {});
  // @ts-expect-error no such parameter
  await client.call('k8s_get', { resource_type: 'pods', nmespace: 'shop' });
  // @ts-expect-error not one of the choices
  await client.call('k8s_get', { resource_type: 'pods', output: 'xml' });
  // @ts-expect-error not a status
  return status === 'ended' ? result : executionId;
}

function show(event: RunEvent): void {
  if (event.type === 'output') event.data.text.trim();
  if (event.type === 'progress') event.data.progress.toFixed();
  if (event.type === 'result' && event.data.error?.code === 'busy') throw new Error();
}

export const retryable = (error: unknown): boolean =>
  error instanceof SkyfloError && error.retryable && error.code !== 'no_answer';
`;

/** Programs in browsers, which know no types of Node.js, and the example. */
const CONFIG = {
  target: 'es2022',
  lib: ['es2022', 'dom'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipDefaultLibCheck: true,
};
const MODULES: Record<string, string> = { node16: 'node16', bundler: 'preserve' };

/** What docs/client.md shows, as one program. */
function programOfPage(): string {
  const page = readFileSync('docs/client.md', 'utf8');
  const [first = '', ...others] = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(
    ([, text = '']) => text,
  );
  const blocks = others.map((text) => `{\n${text}}\n`);
  return `declare const token: string;\n${first}${blocks.join('')}`;
}

/** Checks programs in TypeScript that use the client, among them that of its page. */
export async function expectTypes({ folder }: InstalledPackage, moduleResolution: string) {
  const compilerOptions = { ...CONFIG, moduleResolution, module: MODULES[moduleResolution] };
  const programs = { 'program.mts': PROGRAM, 'page.mts': programOfPage() };
  for (const [name, text] of Object.entries(programs)) await writeFile(join(folder, name), text);
  const config = { compilerOptions, files: Object.keys(programs) };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(process.cwd(), 'node_modules/typescript/bin/tsc');
  const checked = run(process.execPath, [tsc, '--project', folder]).catch(
    (error: unknown) => error,
  );
  expect(await checked).toMatchObject({ stdout: '' });
}

/** The example, beside the installed package, and a namespace that has what it asks for. */
export async function clientProgram({ folder }: InstalledPackage) {
  const program = join(folder, 'client.mjs');
  await copyFile('examples/client.mjs', program);
  const namespace = `client-${randomUUID().slice(0, 8)}`;
  await kubectl('create', 'namespace', namespace);
  await kubectl('create', 'deployment', 'web', '--image=nginx:1.27', '-n', namespace);
  const available = ['--for=condition=Available', 'deployment/web', '--timeout=60s'];
  await kubectl('wait', '-n', namespace, ...available);
  return {
    namespace,
    /** What it prints. */
    run: async (env: Record<string, string>): Promise<string> => {
      const options = { cwd: folder, env: { ...process.env, ...env } };
      const { stdout } = await run(process.execPath, [program], options);
      await kubectl('delete', 'namespace', namespace, '--wait=false');
      return stdout;
    },
  };
}
