import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutHold } from './support/health-probe.js';
import { sandboxAccess, writeKubeconfig } from './support/kubeconfig.js';
import { LargeApi } from './support/large-api.js';
import { createObjects } from './support/manifest.js';
import { readJson, type ListedTool } from './support/rest.js';
import { testSandbox } from './support/sandbox.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const namespace = useNamespace('event-loop');
let api: LargeApi;
const server = useServer({
  env: async () => {
    api = await LargeApi.start();
    const { cluster, user } = await sandboxAccess();
    return {
      NODE_OPTIONS: '--max-old-space-size=768',
      // What is kept of these calls is large, and of use to no other spec.
      EXECUTIONS_FILE: join(testSandbox().folder, `event-loop-${process.pid}.db`),
      KUBECONFIG: await writeKubeconfig({
        clusters: [
          { name: 'sandbox', cluster },
          { name: 'large', cluster: { server: api.url } },
        ],
        users: [
          { name: 'sandbox', user },
          { name: 'nobody', user: {} },
        ],
        contexts: [
          { name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox' } },
          { name: 'large', context: { cluster: 'large', user: 'nobody' } },
        ],
        'current-context': 'sandbox',
      }),
      // The most that a caller may ask for.
      MAX_OUTPUT_CHARS: '1000000',
    };
  },
});
afterAll(() => api.stop());

/** Calls a tool, which must not hold the event loop meanwhile. */
const calmly = (tool: string, args: Record<string, unknown>) =>
  withoutHold(server, () => server.call(tool, args));
const onLarge = (tool: string, args: Record<string, unknown>) =>
  calmly(tool, { context: 'large', ...args });

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'default', uid: 'a' },
  spec: { containers: [{ name: 'a' }] },
  status: { phase: 'Running' },
};
const PODS = '/api/v1/namespaces/default/pods';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describe('logs', () => {
  beforeAll(() => api.json(`${PODS}/a`, POD));

  it('has a line of 60 MB', async () => {
    api.text(`${PODS}/a/log`, 'x'.repeat(60_000), 1_000);
    const { body } = await onLarge('k8s_logs', { pod_name: 'a', num_lines: -1 });
    expect(body.status).toBe('success');
    expect(body.result).toMatch(/^x{10000}/);
    const { body: searched } = await onLarge('k8s_logs', { pod_name: 'a', grep: 'y' });
    expect(searched.result).toBe('No log lines found.');
  });

  it('has 8,000,000 empty lines', async () => {
    api.text(`${PODS}/a/log`, '\n'.repeat(80_000), 100);
    const whole = { pod_name: 'a', num_lines: 1_000_000 };
    expect((await onLarge('k8s_logs', whole)).status).toBe(200);
    // It may be too much to be searched, but then it says so.
    const { status, body } = await onLarge('k8s_logs', { ...whole, grep: 'x' });
    expect([200, 422]).toContain(status);
    if (status === 422) expect(body.detail).toContain('The pattern of "grep"');
  });

  it.each(['[a-z].{500}[Z-]', '(?i)(a|b|ab)*z', '(.*)(.*)(.*)(.*)x$', '\\pL{900}$', 'needle'])(
    'is searched for %s',
    async (grep) => {
      api.text(`${PODS}/a/log`, `${'abcdefghij'.repeat(100)}\n`, 8_000);
      const { status, body } = await onLarge('k8s_logs', { pod_name: 'a', grep });
      if (status === 200) expect(body.result).toBe('No log lines found.');
      // On a slow machine the limit of the call may come before that of the pattern.
      else expect(body.detail).toMatch(/The pattern of "grep"|did not end within its limit/);
    },
  );

  it.each([
    ['counts of counts', '((x{100}){10}){10}'],
    ['counts in many groups', '(((((((x{9}){9}){9}){9}){9}){9}){9})'],
    ['groups that do not end', '('.repeat(1_000)],
    ['many large classes', '\\pL{1000}|'.repeat(99)],
  ])('is not searched for %s', async (_what, grep) => {
    const { status, body } = await onLarge('k8s_logs', { pod_name: 'a', grep });
    expect([200, 422]).toContain(status);
    if (status === 422) expect(body.detail).toContain('"grep"');
  });
});

describe('lists', () => {
  const column = (name: string, format = '') => ({ name, type: 'string', format });
  const table = (rows: unknown[][]) => ({
    kind: 'Table',
    columnDefinitions: [column('Name', 'name'), column('B'), column('C')],
    rows: rows.map((cells) => ({ cells })),
  });
  const rows = (count: number, ...cells: string[]) =>
    Array.from({ length: count }, (_, index) => [`n${index}`, ...cells]);

  it.each([
    ['50,000 rows', rows(50_000, 'b', 'c')],
    ['cells of 100 kB', rows(100, 'b'.repeat(100_000), 'c')],
    ['cells of thousands of tabs', rows(100, 'b', '\t'.repeat(9_000))],
    ['cells of line ends', rows(100, '\n'.repeat(9_000), '\u2028'.repeat(9_000))],
  ])('has %s', async (_what, cells) => {
    api.json(PODS, table(cells));
    for (const output of [undefined, 'wide', 'name']) {
      const { status, body } = await onLarge('k8s_get', { resource_type: 'pods', output });
      expect([status, body.detail]).toEqual([200, undefined]);
      expect(body.result).toContain('n1');
    }
  });

  it('has 10 objects of 1 MB', async () => {
    api.list(CONFIG_MAPS, 'ConfigMapList', 10, (index) => ({
      metadata: { name: `c${index}`, namespace: 'default' },
      data: { a: 'b '.repeat(500_000) },
    }));
    const asked = [
      ...[undefined, 'name', 'yaml', 'json'].map((output) => ({ output })),
      { fields: 'metadata.name,data,data.a' },
      { sort_by: 'data.a' },
      { output: 'yaml', limit: 10 },
    ];
    for (const args of asked) {
      const { status } = await onLarge('k8s_get', { resource_type: 'configmaps', ...args });
      expect(status).toBe(200);
    }
  });

  it('has 20,000 objects, which are sorted and counted by their fields', async () => {
    api.list(CONFIG_MAPS, 'ConfigMapList', 20_000, (index) => ({
      metadata: { name: `c${index}`, namespace: 'default' },
      data: { a: `a${index}`, b: `b${index % 9}` },
    }));
    const fields = 'metadata.name,data.a,data.b';
    const sorted = { resource_type: 'configmaps', fields, sort_by: '-data.a', limit: 1 };
    expect((await onLarge('k8s_get', sorted)).body.result).toContain('c19999 ');
    const counted = { resource_type: 'configmaps', fields: 'data.b', distinct: true };
    expect((await onLarge('k8s_get', counted)).body.result).toMatch(/\n2223 +b0\n/);
  });

  it('has 10,000 kinds', async () => {
    const { status, body } = await onLarge('k8s_get', {
      resource_type: `${'thing'.repeat(10)}9876x`,
    });
    expect([status, body.detail]).toEqual([404, expect.stringContaining('Nearest')]);
    const kinds = Array.from(
      { length: 100 },
      (_, index) => `${'thing'.repeat(10)}${9_999 - index}s`,
    );
    expect((await onLarge('k8s_get', { resource_type: kinds.join(',') })).status).toBe(404);
  });

  it('has the use of 20,000 pods', async () => {
    const containers = [{ name: 'a', usage: { cpu: '1m', memory: '1Mi' } }];
    const items = Array.from({ length: 20_000 }, (_, index) => ({
      metadata: { name: `p${index}`, namespace: 'default' },
      containers,
    }));
    api.json('/apis/metrics.k8s.io/v1beta1/namespaces/default/pods', {
      kind: 'PodMetricsList',
      items,
    });
    expect((await onLarge('k8s_top_pods', { sort_by: 'cpu' })).status).toBe(200);
  });
});

describe('an object', () => {
  const nested = (levels: number) => {
    let value: unknown = 'end';
    for (let level = 0; level < levels; level++) value = level % 3 ? { a: value } : [value];
    return value;
  };
  it.each<[string, () => unknown]>([
    [
      '100,000 keys',
      () => Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1])),
    ],
    ['a list of 700,000 numbers', () => Array<number>(700_000).fill(1)],
    ['a list of 300,000 empty objects', () => Array.from({ length: 300_000 }, () => ({}))],
    ['a text of 1,000,000 blanks', () => 'a '.repeat(500_000)],
    ['a text of 300,000 line separators', () => '\u2028'.repeat(300_000)],
    ['a text of 700,000 lines', () => 'a\n'.repeat(700_000)],
    ['3,000 levels', () => nested(3_000)],
  ])('holds %s', async (_what, valueOf) => {
    const metadata = { name: 'a', namespace: 'default' };
    api.json(`${CONFIG_MAPS}/a`, { kind: 'ConfigMap', metadata, data: { value: valueOf() } });
    for (const output of ['yaml', 'json']) {
      const args = { resource_type: 'configmaps', name: 'a', output };
      const { status, body } = await onLarge('k8s_get', args);
      expect([status, body.detail]).toEqual([200, undefined]);
    }
  });

  it('is larger than anything that is read at once', async () => {
    api.text(`${CONFIG_MAPS}/a`, ' '.repeat(1_000_000), 60);
    const args = { resource_type: 'configmaps', name: 'a', output: 'yaml' };
    const { status, body } = await onLarge('k8s_get', args);
    expect([status, body.detail]).toEqual([502, expect.stringContaining('too large')]);
  });
});

describe('releases', () => {
  const SECRETS = '/api/v1/namespaces/default/secrets';
  let count = 0;
  const encoded = (release: object) => {
    const text = gzipSync(JSON.stringify(release), { level: 1 }).toString('base64');
    return Buffer.from(text).toString('base64');
  };
  const stored = (name: string, data: string) => {
    const object = `sh.helm.release.v1.${name}.v1`;
    const metadata = {
      name: object,
      namespace: 'default',
      uid: String(count++),
      resourceVersion: '1',
      labels: { name, owner: 'helm', status: 'deployed', version: '1', modifiedAt: '1700000000' },
    };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata, data: { release: data } };
    api.json(`${SECRETS}/${object}`, secret);
    return { metadata };
  };
  const release = (name: string, more: object) => ({
    name,
    namespace: 'default',
    version: 1,
    info: { status: 'deployed', last_deployed: '2026-01-01T00:00:00Z', description: 'x' },
    chart: { metadata: { name: 'c', version: '1' } },
    ...more,
  });

  it.each<[string, object, boolean]>([
    ['40 MB', { manifest: 'a'.repeat(40_000_000) }, true],
    // How many of the twenty are read before there have been enough depends on the machine.
    [
      'a list of 15,000,000 numbers',
      { config: { a: Array<number>(15_000_000).fill(1) } },
      expect.any(Boolean) as boolean,
    ],
    [
      'templates of 5 MB',
      { chart: { metadata: { name: 'c', version: '1' }, templates: 'a'.repeat(5_000_000) } },
      false,
    ],
    [
      'a description of 1 MB',
      { info: { status: 'deployed', description: '\n'.repeat(1_000_000) } },
      false,
    ],
  ])('unpack to %s', async (_what, more, isTooLarge) => {
    const data = encoded(release('big', more));
    const { body } = await withoutHold(server, async () => {
      const items = Array.from({ length: 20 }, (_, index) => stored(`r${index}`, data));
      api.list(SECRETS, 'PartialObjectMetadataList', 20, (index) => items[index]!);
      return server.call('helm_list_releases', { context: 'large', namespace: 'default' });
    });
    expect(body.status).toBe('success');
    expect(body.result?.includes('(too large to be read)')).toEqual(isTooLarge);
    const status = await onLarge('helm_status', { release_name: 'r1', namespace: 'default' });
    expect([200, 422]).toContain(status.status);
  });
});

describe('a real API server', () => {
  it('holds events with thousands of tabs', async () => {
    const event = (index: number) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `e${index}`, namespace: namespace.name },
      involvedObject: { kind: 'Pod', name: 'a', namespace: namespace.name },
      message: '\t'.repeat(9_000),
    });
    await createObjects(...Array.from({ length: 5 }, (_, index) => event(index)));
    const { status } = await calmly('k8s_get', {
      resource_type: 'events',
      namespace: namespace.name,
    });
    expect(status).toBe(200);
  });
});

describe('every text that a caller sends', () => {
  const TEXTS = ['a', '\t', '\u2028', '(', 'a:', ' ', '- ', '{"a":'];
  /** Characters of a text, where its tool takes so many. */
  const LENGTH = 300_000;
  const USUAL: Record<string, string> = { namespace: 'event-loop', resource_type: 'configmaps' };

  it('is read, or refused, without holding anybody up', { timeout: 300_000 }, async () => {
    const { body } = await readJson(`${server.url}/engine/v1/tools`);
    const tools = body['tools'] as ListedTool[];
    expect(tools.length).toBeGreaterThan(40);
    for (const { name, parameters } of tools) {
      const texts = parameters.filter(({ type }) => type === 'string').map((one) => one.name);
      const required = parameters.filter((one) => one.required && one.type === 'string');
      const usual = Object.fromEntries(required.map((one) => [one.name, USUAL[one.name] ?? 'a']));
      const dryRun = parameters.some((one) => one.name === 'dry_run') ? { dry_run: true } : {};
      await withoutHold(server, async () => {
        for (const text of texts) {
          const piece = TEXTS[(texts.indexOf(text) + name.length) % TEXTS.length]!;
          for (const length of [LENGTH, 200]) {
            const value = piece.repeat(length / piece.length);
            const { status } = await server.call(name, { ...usual, ...dryRun, [text]: value });
            expect([name, text, status < 500 || status === 503]).toEqual([name, text, true]);
          }
        }
      });
    }
  });
});
