import { beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '#base';
import { apiPool, textOf as bodyOf } from './support/api.js';
import { applyByKubectl, configMap, createObjects, secret, workload } from './support/manifest.js';
import { testSandbox } from './support/sandbox.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const NAMESPACE = 'get-fields';
const MANY = 1_000;
const SECRET = 'S3cr3t-of-fields!';
const LONG = '9007199254740993';

const own = useNamespace(NAMESPACE);
const server = useServer({ defaults: { namespace: NAMESPACE } });
const get = (args: Record<string, unknown>) => server.call('k8s_get', args);
const textOf = (args: Record<string, unknown>) => server.textOf('k8s_get', args);

/** A pod that is never scheduled, so that nothing about it changes. */
const pod = (name: string, image: string, priority: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NAMESPACE, labels: { 'team.example/tier': priority } },
  spec: {
    nodeSelector: { none: 'such' },
    terminationGracePeriodSeconds: Number(priority),
    initContainers: [{ name: 'init', image: 'init:1' }],
    containers: [
      { name: 'app', image },
      { name: 'proxy', image: 'proxy:1' },
    ],
  },
});

async function expectRefused(args: Record<string, unknown>, field: string, said: string) {
  const { status, body } = await get(args);
  expect([status, body.code, body.errors?.[0]?.field, body.detail]).toEqual([
    422,
    'invalid_input',
    field,
    expect.stringContaining(said),
  ]);
}

beforeAll(async () => {
  await createObjects(
    pod('web-2', 'web:1', '5'),
    pod('web-10', 'web:2', '20'),
    pod('api', 'web:1', '7'),
  );
  await applyByKubectl(NAMESPACE, secret('held', { password: SECRET }));
});

describe('fields', () => {
  it.each([
    'NAME:.metadata.name,IMAGES:.spec.containers[*].image',
    'NAME:{.metadata.name},FIRST:.spec.containers[0].image,NODE:.spec.nodeName',
    String.raw`A:.metadata.labels.team\.example/tier,B:.spec.terminationGracePeriodSeconds`,
  ])('are what kubectl prints for custom-columns=%s', async (fields) => {
    const printed = await own.kubectl('get', 'pods', '-o', `custom-columns=${fields}`);
    const text = await textOf({ resource_type: 'pods', fields });
    expect(text.replace(/\n\[No object .*$/s, '')).toBe(printed.trimEnd());
  });

  it('may be bare paths, also of one object, and of several kinds', async () => {
    const named = await textOf({ resource_type: 'pod/api', fields: 'metadata.name,status.phase' });
    expect(named).toBe('NAME   PHASE\napi    Pending');
    const both = await textOf({ resource_type: 'pods,secrets', fields: 'metadata.name,type' });
    expect(both).toContain('pod/api ');
    expect(both).toMatch(/secret\/held +Opaque/);
  });

  it('that no object has are answered with those that there are', async () => {
    const pods = { resource_type: 'pods' };
    await expectRefused(
      { ...pods, fields: 'metadata.nmae' },
      'fields',
      '.metadata.nmae, which no object has. At .metadata there are: ',
    );
    await expectRefused({ ...pods, sort_by: '.spec.wrong' }, 'sort_by', 'initContainers');
    await expectRefused(
      { ...pods, fields: 'spec.containers.image' },
      'fields',
      'write .spec.containers[*].image',
    );
    const text = await textOf({ ...pods, fields: 'metadata.name,metadata.deletionTimestamp' });
    expect(text).toMatch(/api +<none>\n/);
    expect(text).toContain(
      '[No object here has .metadata.deletionTimestamp. At .metadata there are: ',
    );
  });

  it('show no value of a Secret', async () => {
    const fields = 'metadata.name,data.password,data,metadata.annotations';
    const text = await textOf({ resource_type: 'secrets', fields });
    expect(text).toContain(`<redacted, ${SECRET.length} bytes>`);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString('base64'));
  });

  it('keep all digits of a number', async () => {
    const name = 'long';
    const template = {
      metadata: { labels: { app: name } },
      spec: {
        tolerations: [
          {
            key: 'a',
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds: parseJson(LONG),
          },
        ],
        containers: [{ name: 'app', image: 'app:1' }],
      },
    };
    const object = workload(
      'Deployment',
      { namespace: NAMESPACE, name },
      {},
      { replicas: 0, template },
    );
    await applyByKubectl(NAMESPACE, object);
    const path = 'spec.template.spec.tolerations';
    for (const fields of [`${path}[*].tolerationSeconds`, path]) {
      expect(await textOf({ resource_type: 'deploy/long', fields })).toContain(LONG);
    }
  });

  it.each<[Record<string, unknown>, string, string]>([
    [{ fields: 'a', output: 'yaml' }, 'fields', 'Leave "output" out'],
    [{ fields: 'a', output: 'json' }, 'fields', 'Leave "output" out'],
    [{ fields: '.items[?(@.a==1)]' }, 'fields', 'no path'],
    [{ fields: 'a..b' }, 'fields', 'no path'],
    [{ sort_by: '$(id)' }, 'sort_by', 'no path'],
    [{ sort_by: '.metadata.name', output: 'yaml' }, 'sort_by', 'fields'],
    [{ distinct: true }, 'distinct', 'needs "fields"'],
    [{ name: 'api', limit: 1 }, 'limit', 'name'],
    [{ resource_type: 'pods,services', limit: 1 }, 'limit', 'single kind'],
    [{ name: 'api', field_selector: 'status.phase=Pending' }, 'field_selector', 'name'],
    [{ field_selector: 'spec.image=a' }, 'field_selector', 'status.phase'],
    [{ resource_type: 'services', field_selector: 'a=b' }, 'field_selector', 'metadata.name'],
    [{ resource_type: 'rollouts', field_selector: 'a=b' }, 'field_selector', 'metadata.name'],
    [{ cursor: `00000000.${'a'.repeat(20)}` }, 'cursor', 'another query'],
  ])('and their like are refused: %j', async (args, field, said) => {
    await expectRefused({ resource_type: 'pods', ...args }, field, said);
  });
});

describe('rows', () => {
  it('are selected by fields', async () => {
    const args = { resource_type: 'pods', output: 'name' };
    expect(await textOf({ ...args, field_selector: 'metadata.name=api' })).toBe('pod/api');
    expect(await textOf({ ...args, field_selector: 'status.phase!=Pending' })).toMatch(/^No res/);
  });

  it('are sorted by a path, as tables, names and fields', async () => {
    const sort_by = '.spec.terminationGracePeriodSeconds';
    const sorted = ['web-2', 'api', 'web-10'];
    const names = (text: string) => text.split('\n').map((line) => /[\w-]+(?= |$)/.exec(line)?.[0]);
    const table = await textOf({ resource_type: 'pods', sort_by });
    expect(names(table)).toEqual(['NAME', ...sorted]);
    expect(table).toMatch(/Pending/);
    const fields = { resource_type: 'pods', fields: 'metadata.name', sort_by: `-${sort_by}` };
    expect(names(await textOf(fields))).toEqual(['NAME', ...sorted.toReversed()]);
    expect(await textOf({ resource_type: 'pods', output: 'name', sort_by })).toBe(
      sorted.map((name) => `pod/${name}`).join('\n'),
    );
    expect(await textOf({ resource_type: 'pods', output: 'name', sort_by, limit: 1 })).toBe(
      'pod/web-2\n[1 shown by limit; 2 more are left.]',
    );
  });

  it('are counted', async () => {
    const args = { resource_type: 'pods', fields: 'IMAGE:.spec.containers[0].image' };
    expect(await textOf({ ...args, distinct: true })).toBe(
      'COUNT   IMAGE\n2       web:1\n1       web:2',
    );
  });

  it('name the kinds that have none', async () => {
    const text = await textOf({ resource_type: 'pods,persistentvolumeclaims,jobs' });
    expect(text).toMatch(/\n\nnone: persistentvolumeclaims, jobs$/);
    expect(await textOf({ resource_type: 'cronjobs,jobs' })).toBe(
      `No resources found in ${NAMESPACE} namespace.`,
    );
  });

  it('of pods have their images where they are wide', async () => {
    const text = await textOf({ resource_type: 'pods', output: 'wide' });
    expect(text).toMatch(/^NAME .* IMAGES\n/);
    expect(text).toMatch(/\napi .* web:1,proxy:1,init:1 \(init\)\n/);
    expect(await textOf({ resource_type: 'pod/api', output: 'wide' })).toContain('proxy:1');
  });
});

describe(`a list of ${MANY} objects`, () => {
  const names = Array.from({ length: MANY }, (_, index) => `c-${String(index).padStart(4, '0')}`);
  const list = { resource_type: 'configmaps', label_selector: 'many=yes' };

  beforeAll(async () => {
    const api = apiPool(testSandbox().env['KUBECONFIG'] ?? '');
    const path = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
    const headers = { 'content-type': 'application/json' };
    await Promise.all(
      names.map(async (name) => {
        const object = configMap(name, { text: 'x'.repeat(200) }, { labels: { many: 'yes' } });
        const body = JSON.stringify(object);
        await bodyOf(await api.request({ method: 'POST', path, headers, body }));
      }),
    );
    await api.close();
  }, 120_000);

  async function readOn(
    args: Record<string, unknown>,
  ): Promise<{ pages: number; found: string[] }> {
    const found: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const text = await textOf({ ...list, ...args, cursor });
      found.push(...(text.match(/\bc-\d{4}\b/g) ?? []));
      cursor = /cursor="([^"]+)"/.exec(text)?.[1];
      pages++;
    } while (cursor !== undefined && pages <= MANY);
    return { pages, found };
  }

  it.each<[Record<string, unknown>, number]>([
    [{ limit: 300 }, 4],
    [{ limit: 100, output: 'name' }, 10],
    [{ limit: 400, fields: 'metadata.name' }, 3],
    [{ limit: 500, all_namespaces: true, namespace: null }, 2],
  ])('is read on to its end without gap or double, by %j', async (args, pages) => {
    const read = await readOn(args);
    expect(read.found).toEqual(names);
    // The last page may be empty: the API server goes on after what a selector matches.
    expect([pages, pages + 1]).toContain(read.pages);
  });

  it.each<Record<string, unknown>>([
    { output: 'yaml' },
    { output: 'json' },
    { fields: 'metadata.name,data.text' },
  ])('is read on where an answer is full before its limit, by %j', async (args) => {
    const { pages, found } = await readOn({ ...args, limit: MANY });
    expect(found).toEqual(names);
    expect(pages).toBeGreaterThan(1);
  });

  it('refuses the cursor of another list, and one that was made up', async () => {
    const text = await textOf({ ...list, limit: 1 });
    const cursor = /cursor="([^"]+)"/.exec(text)?.[1] ?? '';
    expect(text).toContain('[1 shown; ');
    await expectRefused({ ...list, label_selector: 'a=b', cursor }, 'cursor', 'another query');
    await expectRefused({ resource_type: 'secrets', cursor }, 'cursor', 'another query');
    await expectRefused({ ...list, cursor, sort_by: '.metadata.name' }, 'cursor', 'sort_by');
    const [digest = ''] = cursor.split('.');
    await expectRefused(
      { ...list, cursor: `${digest}.bm9uZQ` },
      'cursor',
      'Begin again without it',
    );
  });

  it('is shown whole if it is short enough', async () => {
    const text = await textOf({ resource_type: 'pods', limit: 3 });
    expect(text.split('\n')).toHaveLength(4);
    expect(text).not.toContain('cursor');
  });
});
