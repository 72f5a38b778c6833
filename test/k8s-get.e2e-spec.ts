import { describe, expect, it, vi } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { useServer } from './support/use-server.js';

const server = useServer();
const get = (args: Record<string, unknown>) => server.call('k8s_get', args);
const textOf = (args: Record<string, unknown>) => server.textOf('k8s_get', args);

/**
 * Ages go on between two calls, so they are masked, and with them the space that their length
 * leaves.
 */
function masked(table: string): string[] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .replace(/(?<=^|\s|\()(\d+[smhdy])+(?=\s|\)|$)/g, 'AGE')
        .replace(/ {2,}/g, '  ')
        .trimEnd(),
    );
}

/** What the tool says beyond kubectl is left out: images of pods, and kinds without objects. */
function asKubectl(text: string): string {
  const [header = ''] = text.split('\n', 1);
  const images = header.endsWith('   IMAGES') ? header.lastIndexOf('IMAGES') : undefined;
  const lines = text.replace(/\n\nnone: .*$/, '').split('\n');
  return lines.map((line) => line.slice(0, images)).join('\n');
}

describe('k8s_get prints what kubectl prints', () => {
  const shop = ['-n', 'shop'];
  const cases: [string, Record<string, unknown>, string[]][] = [
    ['pods', { resource_type: 'pods', namespace: 'shop' }, ['pods', ...shop]],
    ['deployments', { resource_type: 'deployments', namespace: 'shop' }, ['deployments', ...shop]],
    ['nodes', { resource_type: 'nodes' }, ['nodes']],
    ['events', { resource_type: 'events', namespace: 'shop' }, ['events', ...shop]],
    ['a custom resource', { resource_type: 'orders', namespace: 'shop' }, ['orders', ...shop]],
    [
      'a custom resource, wide',
      { resource_type: 'orders', namespace: 'shop', output: 'wide' },
      ['orders', ...shop, '-o', 'wide'],
    ],
    [
      'pods, wide',
      { resource_type: 'po', namespace: 'shop', output: ' Wide ' },
      ['po', ...shop, '-o', 'wide'],
    ],
    ['nodes, wide', { resource_type: 'Node', output: 'wide' }, ['node', '-o', 'wide']],
    [
      'deployments, wide',
      { resource_type: 'deployments.apps', namespace: 'shop', output: 'wide' },
      ['deploy', ...shop, '-o', 'wide'],
    ],
    ['pods of all namespaces', { resource_type: 'pods', all_namespaces: true }, ['pods', '-A']],
    [
      'events of all namespaces',
      { resource_type: 'events', all_namespaces: 'true' },
      ['events', '-A'],
    ],
    [
      'pods of all namespaces, wide',
      { resource_type: 'pods', all_namespaces: true, output: 'wide' },
      ['pods', '-A', '-o', 'wide'],
    ],
    [
      'several kinds',
      { resource_type: 'pods,services', namespace: 'shop' },
      ['pods,services', ...shop],
    ],
    ['all', { resource_type: 'all', namespace: 'shop' }, ['all', ...shop]],
    ['all of all namespaces', { resource_type: 'all', all_namespaces: true }, ['all', '-A']],
    [
      'kind/name',
      { resource_type: 'deployment/web', namespace: 'shop' },
      ['deployment/web', ...shop],
    ],
    [
      'several names',
      { resource_type: 'deploy', name: 'web, api', namespace: 'shop' },
      ['deploy', 'web', 'api', ...shop],
    ],
    [
      'a name that is there twice',
      { resource_type: 'deploy', name: 'web,api,web', namespace: 'shop' },
      ['deploy', 'web', 'api', 'web', ...shop],
    ],
    [
      'kinds that are there twice',
      { resource_type: 'services,svc,all,deploy', namespace: 'shop' },
      ['services,svc,all,deploy', ...shop],
    ],
    [
      'a label selector',
      { resource_type: 'pods', namespace: 'shop', label_selector: 'app in (web,api)' },
      ['pods', ...shop, '-l', 'app in (web,api)'],
    ],
    [
      'names',
      { resource_type: 'pods,deployments', namespace: 'shop', output: 'name' },
      ['pods,deployments', ...shop, '-o', 'name'],
    ],
    [
      'rollouts',
      { resource_type: 'rollouts.argoproj.io', namespace: 'shop' },
      ['rollouts.argoproj.io', ...shop],
    ],
    [
      'JSON',
      { resource_type: 'deploy', name: 'web', namespace: 'shop', output: 'json' },
      ['deploy', 'web', ...shop, '-o', 'json'],
    ],
  ];

  it.each(cases)('%s', async (_, args, kubectlArgs) => {
    // The cluster lives: what changed between the two readings is read again.
    await vi.waitFor(
      async () => {
        const [text, printed] = await Promise.all([textOf(args), kubectl('get', ...kubectlArgs)]);
        expect(masked(asKubectl(text))).toEqual(masked(printed));
      },
      { timeout: 30_000, interval: 100 },
    );
  });
});

describe('k8s_get', () => {
  it("looks in the context's own namespace when none is given", async () => {
    expect(await textOf({ resource_type: 'pods', namespace: null })).toBe(
      'No resources found in default namespace.',
    );
  });

  it('finds a name in all namespaces', async () => {
    const args = { resource_type: 'deployments', name: 'web', all_namespaces: true };
    expect(masked(await textOf(args))).toContainEqual(expect.stringMatching(/^shop\s+web\s/));
  });

  it('leaves managedFields out', async () => {
    const text = await textOf({ resource_type: 'deployments', namespace: 'shop', output: 'yaml' });
    expect(text).toContain('name: web');
    expect(text).not.toContain('managedFields');
  });

  it.each(['yaml', 'json'])(
    'shows of Secrets only how long their values are, in %s',
    async (output) => {
      const text = await textOf({ resource_type: 'secrets,configmaps', namespace: 'shop', output });
      const secrets = JSON.parse(await kubectl('get', 'secrets', '-n', 'shop', '-o', 'json')) as {
        items: { data?: Record<string, string> }[];
      };
      const values = secrets.items.flatMap(({ data }) => Object.values(data ?? {}));
      expect(values.length).toBeGreaterThan(0);
      for (const value of values) {
        expect(text).not.toContain(value);
        expect(text).not.toContain(Buffer.from(value, 'base64').toString());
      }
      expect(text).toMatch(/<redacted, \d+ bytes>/);
    },
  );

  it('names the nearest kinds for an unknown one', async () => {
    const { status, body } = await get({ resource_type: 'deploymnets', namespace: 'shop' });
    expect(status).toBe(404);
    expect(body).toMatchObject({
      code: 'not_found',
      detail: expect.stringContaining('deployments'),
    });
  });

  it('says which object there is not', async () => {
    const { status, body } = await get({ resource_type: 'pod', name: 'nope', namespace: 'shop' });
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'not_found', detail: 'pods "nope" not found' });
  });

  const many = (count: number, word: string) => Array.from({ length: count }, () => word).join();

  it('names a hundred kinds or objects, and a thousand objects over all kinds', async () => {
    const kinds = { resource_type: many(100, 'ns'), output: 'name' };
    expect(await textOf(kinds)).toBe(await textOf({ ...kinds, resource_type: 'ns' }));
    const names = { resource_type: 'ns', name: many(100, 'shop'), output: 'name' };
    expect((await textOf(names)).split('\n')).toHaveLength(100);
    const tooMany: [object, string][] = [
      [{ resource_type: many(101, 'pods') }, 'must not name more than 100'],
      [{ resource_type: 'pods', name: many(101, 'web') }, 'must not name more than 100'],
      [
        { resource_type: 'all,ns,no,cm,secrets,sa', name: many(100, 'web'), namespace: 'shop' },
        'one call may name 1000 in all',
      ],
    ];
    for (const [args, said] of tooMany) {
      const { status, body } = await get({ ...args });
      expect([status, body.code, body.detail]).toEqual([
        422,
        'invalid_input',
        expect.stringContaining(said),
      ]);
    }
  });

  it.each([
    { resource_type: 'pods', namespace: 'shop', all_namespaces: true },
    { resource_type: 'pod/web', name: 'web', namespace: 'shop' },
    { resource_type: 'pods', name: 'web', label_selector: 'app=web', namespace: 'shop' },
    { resource_type: 'pods', output: '' },
    { resource_type: 'pods', output: 'jsonpath={.items}' },
    { resource_type: '' },
  ])('refuses %o', async (args) => {
    const { status, body } = await get(args);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'invalid_input', errors: [expect.any(Object)] });
  });
});
