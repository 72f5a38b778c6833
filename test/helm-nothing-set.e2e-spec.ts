import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { helm, ownHelmHome } from './support/helm.js';
import { testSandbox } from './support/sandbox.js';
import { writeChart } from './support/small-chart.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('helm-nothing-set');
const server = useServer({
  defaults: { namespace: own.name, release_name: 'bare' },
  env: () => ownHelmHome('nothing-set'),
});

beforeAll(async () => {
  const chart = writeChart(join(testSandbox().folder, 'nothing-set'), 'bare', {});
  await helm('install', 'bare', chart, '--namespace', own.name);
});

describe('a release of a chart with nothing in it', () => {
  const values = (args: object) => server.textOf('helm_get_values', { ...args });
  const none = 'No values set for release "bare" in namespace "helm-nothing-set":';

  it('is said to have no values, in text', async () => {
    const chart = 'it has those of its chart (all_values).';
    expect(await values({ output: 'table' })).toBe(`${none} ${chart}`);
    expect(await values({})).toBe(`# ${none} ${chart}`);
    const neither = 'its chart has none either.';
    expect(await values({ output: 'table', all_values: true })).toBe(`${none} ${neither}`);
    expect(await values({ output: 'yaml', all_values: true })).toBe(`# ${none} ${neither}`);
  });

  it.each([false, true])('has its values in JSON as helm has them: all_values %s', async (all) => {
    const flags = ['-n', own.name, '-o', 'json', ...(all ? ['--all'] : [])];
    const text = await values({ output: 'json', all_values: all });
    expect(text).toBe(await helm('get', 'values', 'bare', ...flags));
    expect([null, {}]).toContainEqual(JSON.parse(text));
  });

  it('is said to have rendered nothing', async () => {
    expect(await server.textOf('helm_get_manifest')).toBe('Release "bare" rendered no objects.');
  });
});
