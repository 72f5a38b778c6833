import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { definition } from './support/custom-resource.js';
import { applyByKubectl, configMap, createObjects } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const NAMESPACE = 'selectors';

/** The labels of some objects. */
const LABELS: Record<string, Record<string, string>> = {
  small: { cpu: '4', app: 'web', 'team.example/tier': 'front-end.v1' },
  large: { cpu: '12', app: 'api', 'team.example/tier': 'back_end' },
  odd: { cpu: 'many', app: '', dots: 'b..c' },
  bare: {},
};

const SELECTORS = [
  'app=web',
  'app==web',
  'app!=web',
  'app = web',
  '  app=web  ',
  'app\t=\nweb',
  'app in (web,api)',
  'app in ( web , api )',
  'app in(web)',
  'app notin (web)',
  'app in ()',
  'app in (web,)',
  'app in (,)',
  'app',
  '!app',
  '! app',
  'app=',
  'app!=',
  'app=web,cpu',
  'app=web , !dots',
  'cpu>8',
  'cpu > 8',
  'cpu<8',
  'cpu>3,cpu<5',
  'cpu>0008',
  'team.example/tier=front-end.v1',
  'team.example/tier in (back_end)',
  'dots=b..c',
  'in in (in)',
  'notin',
  ' ',
];

const REFUSED = [
  ',app=web',
  'app=web,',
  'app=web,,cpu',
  'app=web cpu',
  'app in web',
  'app in (web',
  'app in web)',
  'app=(web)',
  'cpu>',
  'cpu>eight',
  'cpu>8.5',
  'cpu>=8',
  'cpu<-',
  'app=-web',
  'app=we b',
  '=web',
  '!',
  '!app=web',
  'a/b/c=d',
  '/app=web',
  'Team_/tier',
  'app=näive',
  '-app=web',
  'app in (a b)',
  `app=${'x'.repeat(64)}`,
  `${'x'.repeat(64)}=a`,
];

const server = useServer();
const { kubectl } = useNamespace(NAMESPACE);

beforeAll(async () => {
  const items = Object.entries(LABELS).map(([name, labels]) => configMap(name, {}, { labels }));
  await applyByKubectl(NAMESPACE, ...items);
});

/** What kubectl finds, as text; "refused" where it refuses the selector. */
async function byKubectl(selector: string): Promise<string> {
  try {
    return await kubectl('get', 'configmaps', '-o', 'name', `--selector=${selector}`);
  } catch {
    return 'refused';
  }
}

/** What the tool finds, or "refused". */
async function byTool(selector: string): Promise<string> {
  const { status, body } = await server.call('k8s_get', {
    resource_type: 'configmaps',
    namespace: NAMESPACE,
    output: 'name',
    label_selector: selector,
  });
  if (status === 422 && body.code === 'invalid_input') return 'refused';
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.result ?? '';
}

const lines = (text: string) =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('No resources'));

describe('a label selector', () => {
  it.each(SELECTORS)('finds what kubectl finds: %j', async (selector) => {
    const [found, wanted] = await Promise.all([byTool(selector), byKubectl(selector)]);
    expect(lines(found)).toEqual(lines(wanted));
    expect(wanted).not.toBe('refused');
  });

  it.each(REFUSED)('is refused as by kubectl: %j', async (selector) => {
    expect(await Promise.all([byTool(selector), byKubectl(selector)])).toEqual([
      'refused',
      'refused',
    ]);
  });
});

describe('a label selector of k8s_logs and k8s_top_pods', () => {
  const where = { namespace: 'shop' };

  it.each([' app = web ', '! canary,app in ( web )', 'app\n==\tweb'])(
    'finds the same pods: %j',
    async (selector) => {
      const logs = await server.textOf('k8s_logs', { ...where, pod_name: selector, num_lines: 1 });
      expect(logs).toMatch(/web-/);
      expect(logs).not.toMatch(/api-/);
      const top = async () => {
        const text = await server.textOf('k8s_top_pods', { ...where, label_selector: selector });
        return text.split('\n').slice(1);
      };
      // A sandbox that has just started has measured nothing yet.
      await expect.poll(top, { timeout: 50_000 }).not.toEqual([]);
      for (const line of await top()) expect(line).toMatch(/^web-/);
    },
  );

  it('may ask for numbers', async () => {
    for (const selector of ['cpu>8', ' cpu < 8 ']) {
      expect(await server.textOf('k8s_logs', { ...where, pod_name: selector })).toMatch(/^No /);
      expect(await server.textOf('k8s_top_pods', { ...where, label_selector: selector })).toMatch(
        /^No /,
      );
    }
  });
});

describe('a field selector', () => {
  const kind = { group: 'selectors.test', kind: 'Paint', plural: 'paints' };
  const type = `${kind.plural}.${kind.group}`;
  const paint = (name: string, color: string) => ({
    apiVersion: `${kind.group}/v1`,
    kind: kind.kind,
    metadata: { name, namespace: NAMESPACE },
    spec: { color },
  });
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { color: { type: 'string' } } } },
  };
  const list = (args: Record<string, unknown>) =>
    server.call('k8s_get', { namespace: NAMESPACE, output: 'name', ...args });

  beforeAll(async () => {
    const selectableFields = [{ jsonPath: '.spec.color' }];
    await createObjects(definition(kind, [{ name: 'v1', schema, selectableFields }]));
    // Established is said a moment before the kind is served.
    await vi.waitFor(
      () => applyByKubectl(NAMESPACE, paint('sky', 'blue'), paint('grass', 'green')),
      { timeout: 30_000, interval: 100 },
    );
  });
  afterAll(() => kubectl('delete', 'crd', type, '--ignore-not-found'));

  it('finds what its fields have, also those of a custom resource', async () => {
    const { body } = await list({ resource_type: type, field_selector: 'spec.color=blue' });
    expect(body.result).toBe(`paint.${kind.group}/sky`);
    const named = { resource_type: 'configmaps', field_selector: ' metadata.name=small ' };
    expect((await list(named)).body.result).toBe('configmap/small');
  });

  it.each([
    [type, 'spec.size=1', 'metadata.name, metadata.namespace, spec.color'],
    ['configmaps', 'data.key=value', 'metadata.name, metadata.namespace'],
    ['nodes', 'status.phase=Ready', 'metadata.name, spec.unschedulable'],
    ['events', 'message=a', 'involvedObject.kind'],
  ])('of %s cannot be %s', async (resource_type, field_selector, accepts) => {
    const { status, body } = await list({ resource_type, field_selector });
    expect([status, body.code, body.errors?.[0]]).toEqual([
      422,
      'invalid_input',
      {
        field: 'field_selector',
        message: expect.stringContaining(accepts),
        accepts: expect.stringContaining(accepts),
      },
    ]);
  });
});
