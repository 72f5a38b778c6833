import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { execute } from './support/rest.js';
import { startServer, type RunningServer } from './support/server.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const call = (tool: string, args: Record<string, unknown>) => execute(server.url, tool, args);
const textOf = async (tool: string, args: Record<string, unknown>): Promise<string> => {
  const { status, body } = await call(tool, args);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.result ?? '';
};
const linesOf = async (args: Record<string, unknown>) =>
  (await textOf('k8s_logs', { namespace: 'shop', ...args })).split('\n');
const podOf = async (app: string) =>
  (await kubectl('get', 'pods', '-n', 'shop', '-l', `app=${app}`, '-o', 'name'))
    .split('\n')[0]
    ?.replace('pod/', '') ?? '';

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

describe('k8s_logs', () => {
  it('gives the last lines of a pod, as kubectl does', async () => {
    const pod = await podOf('web');
    const lines = await linesOf({ pod_name: pod, num_lines: 200 });
    const printed = (await kubectl('logs', '-n', 'shop', pod)).trimEnd().split('\n');
    expect(printed.slice(0, lines.length - 3).at(-1)).toBe(lines.at(-4));
    expect(await linesOf({ pod_name: pod, num_lines: 3 })).toHaveLength(3);
  });

  it('reads every pod of a workload, each line prefixed', async () => {
    const lines = await linesOf({ pod_name: 'deployment/web', num_lines: '2' });
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).toMatch(/^\[pod\/web-[^/]+\/nginx\] /);
  });

  it('reads the pods that a label selector matches', async () => {
    expect(await linesOf({ pod_name: 'app=web', num_lines: 2 })).toHaveLength(4);
    expect(await linesOf({ pod_name: 'app=nothing' })).toEqual([
      'No pods found for app=nothing in namespace shop.',
    ]);
  });

  it('lists the containers when one has to be chosen', async () => {
    const { status, body } = await call('k8s_logs', {
      pod_name: await podOf('api'),
      namespace: 'shop',
    });
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      expect.objectContaining({ field: 'container_name', accepts: 'one of api, sidecar' }),
    ]);
  });

  it('takes the container that the annotation names, the one that is asked for, or all', async () => {
    const pod = await podOf('worker');
    const worker = await linesOf({ pod_name: pod, num_lines: 2 });
    expect(worker).toEqual(
      await linesOf({ pod_name: pod, num_lines: 2, container_name: 'worker' }),
    );
    const all = await linesOf({ pod_name: pod, num_lines: 1, all_containers: true });
    expect(all).toHaveLength(2);
  });

  it('keeps lines that match and drops those excluded, counting what is left', async () => {
    const lines = await linesOf({
      pod_name: 'deployment/web',
      num_lines: 3,
      grep: '(?i)get /',
      exclude: 'healthz',
    });
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(line).toContain('GET /');
      expect(line).not.toContain('healthz');
    }
  });

  it('keeps to the time window', async () => {
    const all = await linesOf({ pod_name: 'deployment/web', num_lines: -1 });
    const young = await linesOf({ pod_name: 'deployment/web', num_lines: -1, since: '10s' });
    expect(young.length).toBeLessThan(all.length);
  });

  it('reads the instance before the last restart', async () => {
    const [last] = (
      await linesOf({ pod_name: await podOf('mailer'), num_lines: 1, previous: true })
    ).slice(-1);
    expect(last).toContain('DATABASE_HOST');
  });

  it('follows until its time is up', async () => {
    const startedAt = Date.now();
    const lines = await linesOf({
      pod_name: 'app=web',
      num_lines: 1,
      follow: true,
      timeout_seconds: 4,
    });
    expect(Date.now() - startedAt).toBeGreaterThan(3_500);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.at(-1)).toBe('[Followed for 4 s at most.]');
  });

  it.each([
    [{ pod_name: 'nope' }, 404],
    [{ pod_name: 'deployment/nope' }, 404],
    [{ pod_name: 'configmap/shop-config' }, 422],
    [{ pod_name: 'deployment/web', container_name: 'nope' }, 422],
    [{ pod_name: 'deployment/web', grep: '(' }, 422],
    [{ pod_name: 'deployment/web', since: 'yesterday' }, 422],
    [{ pod_name: '-A' }, 422],
  ])('refuses %o', async (args, expected) => {
    const { status, body } = await call('k8s_logs', { namespace: 'shop', ...args });
    expect([status, typeof body.detail]).toEqual([expected, 'string']);
  });
});

describe('k8s_cluster_info', () => {
  it('says where it is, and no credential', async () => {
    const text = await textOf('k8s_cluster_info', {});
    expect(text).toMatch(/control plane is running at https:\/\/127\.0\.0\.1:\d+/);
    expect(text).toContain('Nodes: 3, 3 of them ready');
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
  const sorted = (table: string) => rows(table).toSorted().join('\n');
  const same = async (tool: string, args: Record<string, unknown>, kubectlArgs: string[]) => {
    await expect
      .poll(
        async () => {
          const [{ body }, printed] = await Promise.all([
            call(tool, args),
            kubectl('top', ...kubectlArgs).catch(() => 'no metrics yet'),
          ]);
          // kubectl leaves rows of equal use in any order.
          return sorted(body.result ?? '') === sorted(printed);
        },
        { timeout: 120_000, interval: 1_000 },
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
  ])('%s prints what kubectl prints for %o', { timeout: 130_000 }, same);

  it.each([
    ['k8s_top_pods', { all_namespaces: true }, 'memory', 3],
    ['k8s_top_nodes', {}, 'cpu', 1],
  ])('%s puts the greatest use first', async (tool, args, sort_by, column) => {
    const { body } = await call(tool, { ...args, sort_by, no_headers: true });
    const used = rows(body.result ?? '').map((row) =>
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

describe('k8s_rollout_status', () => {
  it.each([
    ['deployment', 'web'],
    ['daemonset', 'node-agent'],
    ['statefulset', 'postgres'],
  ])('says that a %s is rolled out', async (resource_type, name) => {
    const text = await textOf('k8s_rollout_status', { name, namespace: 'shop', resource_type });
    expect(text).toBe(`${resource_type} "${name}" successfully rolled out`);
  });

  it('ends at its time limit and says where it stands', async () => {
    const startedAt = Date.now();
    const text = await textOf('k8s_rollout_status', {
      name: 'payments',
      namespace: 'shop',
      timeout_seconds: 2,
    });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(text).toContain('1 of 2 replicas are updated');
    expect(text).toContain('is not finished after 2 s');
  });

  it('sees a rollout through', async () => {
    await kubectl(
      'create',
      'deployment',
      'rolling',
      '-n',
      'billing',
      '--image=nginx:1',
      '--replicas=3',
    );
    const waiting = textOf('k8s_rollout_status', {
      name: 'rolling',
      namespace: 'billing',
      timeout_seconds: 60,
    });
    expect((await waiting).split('\n').at(-1)).toBe('deployment "rolling" successfully rolled out');
    await kubectl('delete', 'deployment', 'rolling', '-n', 'billing');
  });

  it('says so when the workload is deleted meanwhile', async () => {
    await kubectl(
      'create',
      'deployment',
      'doomed',
      '-n',
      'billing',
      '--image=registry.example/app:invalid-tag',
    );
    const waiting = call('k8s_rollout_status', {
      name: 'doomed',
      namespace: 'billing',
      timeout_seconds: 30,
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await kubectl('delete', 'deployment', 'doomed', '-n', 'billing');
    expect(await waiting).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('k8s_rollout_history', () => {
  const trimmed = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.trimEnd());

  it.each([
    ['deployment', 'web', {}, []],
    ['deployment', 'web', { revision: 2 }, ['--revision=2']],
    ['statefulset', 'postgres', {}, []],
    ['daemonset', 'node-agent', { revision: 1 }, ['--revision=1']],
  ])('prints what kubectl prints for %s/%s %o', async (resource_type, name, more, flags) => {
    const text = await textOf('k8s_rollout_history', {
      resource_type,
      name,
      namespace: 'shop',
      ...more,
    });
    const printed = await kubectl(
      'rollout',
      'history',
      `${resource_type}/${name}`,
      '-n',
      'shop',
      ...flags,
    );
    expect(trimmed(text)).toEqual(trimmed(printed));
  });

  it.each([
    [{ resource_type: 'deployment', name: 'nope' }, 404],
    [{ resource_type: 'cronjob', name: 'web' }, 422],
    [{ resource_type: 'deployment', name: 'web', revision: 99 }, 422],
  ])('refuses %o', async (args, expected) => {
    const { status } = await call('k8s_rollout_history', { namespace: 'shop', ...args });
    expect(status).toBe(expected);
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
