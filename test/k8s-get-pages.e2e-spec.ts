import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiPool, textOf as bodyOf } from './support/api.js';
import { writeKubeconfig } from './support/kubeconfig.js';
import { LargeApi } from './support/large-api.js';
import { configMap } from './support/manifest.js';
import { testSandbox } from './support/sandbox.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer, type ServerInUse } from './support/use-server.js';

const BUDGET = 32_000;

const nameOf = (index: number) => `c-${String(index).padStart(5, '0')}`;
const namesOf = (count: number) => Array.from({ length: count }, (_, index) => nameOf(index));

/** The names on all pages of a list, each of which is within the budget. */
async function readOn(
  server: ServerInUse,
  door: 'textOf' | 'textOverMcp',
  args: Record<string, unknown>,
): Promise<{ found: string[]; pages: number }> {
  const found: string[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const text = await server[door]('k8s_get', { resource_type: 'configmaps', ...args, cursor });
    expect(text.length).toBeLessThanOrEqual(BUDGET);
    found.push(...(text.match(/\bc-\d{5}\b/g) ?? []));
    const last = text.split('\n').at(-1) ?? '';
    cursor = /^\[\d+ shown; .*Go on with cursor="([^"]+)"\.\]$/.exec(last)?.[1];
    pages++;
  } while (cursor !== undefined && pages < 1_000);
  return { found, pages };
}

describe.each([1_000, 5_000])('a list of %d objects', (count) => {
  const namespace = `get-pages-${count}`;
  useNamespace(namespace);
  const server = useServer({ defaults: { namespace } });

  beforeAll(async () => {
    const api = apiPool(testSandbox().env['KUBECONFIG'] ?? '');
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const headers = { 'content-type': 'application/json' };
    await Promise.all(
      namesOf(count).map(async (name) => {
        const body = JSON.stringify(configMap(name, { text: 'x' }, { labels: { many: 'yes' } }));
        await bodyOf(await api.request({ method: 'POST', path, headers, body }));
      }),
    );
    await api.close();
  }, 120_000);

  it.each<[string, Record<string, unknown>]>([
    ['a table', {}],
    ['a table of all namespaces', { all_namespaces: true, namespace: null }],
    ['names', { output: 'name' }],
    ['fields', { fields: 'metadata.name,data.text' }],
  ])(
    'is read on to its end without gap or double, as %s',
    async (_what, args) => {
      const selected = { label_selector: 'many=yes', ...args };
      for (const door of ['textOf', 'textOverMcp'] as const) {
        const { found, pages } = await readOn(server, door, selected);
        const own = new Set(namesOf(count));
        // Another list may be there in other namespaces meanwhile.
        if (!('all_namespaces' in args)) expect(found).toEqual(namesOf(count));
        else expect(found.filter((name) => own.has(name)).length).toBeGreaterThanOrEqual(count);
        // The shorter list fits.
        if (count > 1_000) expect(pages).toBeGreaterThan(1);
      }
    },
    60_000,
  );

  it.runIf(count > 1_000)('says how many are left, where the API server does', async () => {
    const text = await server.textOf('k8s_get', { resource_type: 'configmaps' });
    const [, shown, left] = /\n\[(\d+) shown; (\d+) more are left\. Go on/.exec(text) ?? [];
    // The one that every namespace has.
    expect(Number(shown) + Number(left)).toBe(count + 1);
  });

  it.runIf(count === 1_000).each(['yaml', 'json'])(
    'is read on as whole objects, as %s',
    async (output) => {
      const { found, pages } = await readOn(server, 'textOf', {
        output,
        label_selector: 'many=yes',
      });
      expect(found).toEqual(namesOf(count));
      expect(pages).toBeGreaterThan(5);
    },
    60_000,
  );

  it.runIf(count > 1_000)(
    'cannot be read on where it is sorted, and says what to do then',
    async () => {
      const text = await server.textOf('k8s_get', {
        resource_type: 'configmaps',
        sort_by: '-.metadata.name',
      });
      expect(text.length).toBeLessThanOrEqual(BUDGET);
      expect(text).toMatch(
        /\n\[Cut after \d+ objects; \d+ more are left\. Narrow .*, or leave out sort_by: that gives a cursor\.\]$/,
      );
    },
  );
});

describe('a list of 20,000 objects', () => {
  let api: LargeApi;
  let KUBECONFIG: string;
  beforeAll(async () => {
    api = await LargeApi.start();
    api.list('/api/v1/namespaces/default/configmaps', 'ConfigMapList', 20_000, (index) => ({
      metadata: { name: nameOf(index), namespace: 'default' },
      data: { text: 'x' },
    }));
    KUBECONFIG = await writeKubeconfig({
      clusters: [{ name: 'large', cluster: { server: api.url } }],
      users: [{ name: 'nobody', user: {} }],
      contexts: [{ name: 'large', context: { cluster: 'large', user: 'nobody' } }],
      'current-context': 'large',
    });
  });
  const server = useServer({ env: () => ({ KUBECONFIG }) });
  afterAll(() => api.stop());

  it.each<[string, Record<string, unknown>]>([
    ['a table', {}],
    ['names', { output: 'name' }],
    ['fields', { fields: 'metadata.name,data.text' }],
  ])(
    'is read on to its end without gap or double, as %s',
    async (_what, args) => {
      const { found } = await readOn(server, 'textOf', args);
      expect(found).toEqual(namesOf(20_000));
    },
    60_000,
  );
});
