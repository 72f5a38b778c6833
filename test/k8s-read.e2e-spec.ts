import { describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { useServer } from './support/use-server.js';

const { call, textOf } = useServer();

describe('k8s_describe', () => {
  it('describes an object with its events', async () => {
    const text = await textOf('k8s_describe', {
      name: 'web',
      resource_type: 'deploy',
      namespace: 'shop',
    });
    expect(text).toMatch(/^Name:\s+web$/m);
    expect(text).toMatch(/ScalingReplicaSet/);
  });

  it('describes what is outside namespaces', async () => {
    expect(await textOf('k8s_describe', { name: 'node-1', resource_type: 'node' })).toMatch(
      /^Name:\s+node-1$/m,
    );
  });

  it('shows no value of a Secret', async () => {
    const [name = ''] = (
      await kubectl('get', 'secrets', '-n', 'shop', '--field-selector', 'type=Opaque', '-o', 'name')
    )
      .replace('secret/', '')
      .split('\n');
    const { data } = JSON.parse(
      await kubectl('get', 'secret', name, '-n', 'shop', '-o', 'json'),
    ) as {
      data: Record<string, string>;
    };
    const text = await textOf('k8s_describe', { name, resource_type: 'secret', namespace: 'shop' });
    for (const value of Object.values(data)) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(Buffer.from(value, 'base64').toString());
    }
  });

  it('says what there is not', async () => {
    expect(
      await call('k8s_describe', { name: 'nope', resource_type: 'pod', namespace: 'shop' }),
    ).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: 'pods "nope" not found' },
    });
    expect(
      await call('k8s_describe', { name: 'web', resource_type: 'deploymnet', namespace: 'shop' }),
    ).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('deployments') },
    });
  });
});

describe('k8s_cluster_info', () => {
  it('says where it is, and no credential', async () => {
    const text = await textOf('k8s_cluster_info', {});
    expect(text).toMatch(/control plane is running at https:\/\/127\.0\.0\.1:\d+/);
    const count = (await kubectl('get', 'nodes', '-o', 'name')).trim().split('\n').length;
    expect(text).toContain(`Nodes: ${count}, ${count} of them ready`);
    const kubeconfig = await kubectl('config', 'view', '--raw', '-o', 'json');
    const { users } = JSON.parse(kubeconfig) as { users: { user: Record<string, string> }[] };
    for (const secret of users.flatMap(({ user }) => Object.values(user)))
      expect(text).not.toContain(secret);
  });
});

describe('k8s_top_pods and k8s_top_nodes', () => {
  const rows = (table: string) =>
    table
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd());
  /** The rows of an answer without what it says of pods that have no metrics yet. */
  const measured = (text = '') => text.replace(/\nNo metrics yet for .*$/, '');
  const sorted = (table: string) => rows(table).toSorted().join('\n');
  const expectSame = async (tool: string, args: Record<string, unknown>, kubectlArgs: string[]) => {
    await expect
      .poll(
        async () => {
          const [{ body }, printed] = await Promise.all([
            call(tool, args),
            kubectl('top', ...kubectlArgs).catch(() => 'no metrics yet'),
          ]);
          // kubectl leaves rows of equal use in any order.
          return sorted(measured(body.result)) === sorted(printed);
        },
        { timeout: 240_000, interval: 1_000 },
      )
      .toBe(true);
  };

  it.each([
    ['k8s_top_pods', { namespace: 'shop' }, ['pods', '-n', 'shop']],
    [
      'k8s_top_pods',
      { all_namespaces: true, sort_by: 'memory' },
      ['pods', '-A', '--sort-by=memory'],
    ],
    [
      'k8s_top_pods',
      { namespace: 'shop', show_containers: true, label_selector: 'app=web' },
      ['pods', '-n', 'shop', '--containers', '-l', 'app=web'],
    ],
    [
      'k8s_top_pods',
      { namespace: 'billing', no_headers: true },
      ['pods', '-n', 'billing', '--no-headers'],
    ],
    ['k8s_top_nodes', {}, ['nodes']],
    ['k8s_top_nodes', { node_name: 'node-1', sort_by: '' }, ['nodes', 'node-1']],
  ])('%s prints what kubectl prints for %o', { timeout: 260_000 }, (tool, args, words) =>
    expectSame(tool, args, words),
  );

  it.each([
    ['k8s_top_pods', { all_namespaces: true }, 'memory', 3],
    ['k8s_top_nodes', {}, 'cpu', 1],
  ])('%s puts the greatest use first', async (tool, args, sort_by, column) => {
    const { body } = await call(tool, { ...args, sort_by, no_headers: true });
    const used = rows(measured(body.result)).map((row) =>
      Number.parseInt(row.split(/ +/)[column] ?? '', 10),
    );
    expect(used.length).toBeGreaterThan(2);
    expect(used).toEqual(used.toSorted((a, b) => b - a));
  });

  it.each([
    ['k8s_top_pods', { namespace: 'shop', all_namespaces: true }],
    ['k8s_top_pods', { sort_by: 'disk' }],
    ['k8s_top_nodes', { node_name: 'node-1', label_selector: 'a=b' }],
  ])('%s refuses %o', async (tool, args) => {
    expect(await call(tool, args)).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  });
});

describe('wait_for_x_seconds', () => {
  it('waits', async () => {
    const startedAt = performance.now();
    expect(await textOf('wait_for_x_seconds', { seconds: '1' })).toBe('Waited for 1 second.');
    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });

  it.each([-1, 301, 1.5, 'x', null])('refuses %o', async (seconds) => {
    expect(await call('wait_for_x_seconds', { seconds })).toMatchObject({ status: 422 });
  });
});
