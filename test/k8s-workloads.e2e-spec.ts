import { beforeAll, describe, expect, it } from 'vitest';
import { createObjects, workload } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const { name: namespace, stored } = useNamespace('workload-writes');
const { call, textOf, textOverMcp } = useServer({ defaults: { namespace } });
beforeAll(() => {
  const named = (name: string) => ({ namespace, name });
  return createObjects(
    workload('Deployment', named('web'), { web: 'nginx:1.27' }),
    workload('Deployment', named('api'), { api: 'api:1' }, { replicas: 2 }),
    workload('Deployment', named('paused'), { app: 'app:1' }, { paused: true }),
    workload('StatefulSet', named('db'), { db: 'postgres:17' }, { serviceName: 'db' }),
    workload('DaemonSet', named('agent'), { agent: 'agent:1' }),
    workload(
      'Rollout',
      named('checkout'),
      { checkout: 'checkout:1' },
      { strategy: { canary: {} } },
    ),
  );
});

describe('k8s_rollout_restart', () => {
  const path = '{.spec.template.metadata.annotations.kubectl\\.kubernetes\\.io/restartedAt}';

  it.each([
    ['deployment/api', textOverMcp],
    ['statefulset/db', textOverMcp],
    ['daemonset/agent', textOf],
  ] as const)('restarts %s', async (target, restart) => {
    const [resource_type, name] = target.split('/');
    const startedAt = Date.now();
    const text = await restart('k8s_rollout_restart', { name, resource_type });
    expect(text).toMatch(new RegExp(`^${resource_type}\\.apps/${name} restarted\n`));
    const at = await stored(target, path);
    expect(text).toContain(`+        kubectl.kubernetes.io/restartedAt: "${at}"`);
    expect(Math.abs(Date.parse(at) - startedAt)).toBeLessThan(60_000);
  });

  it('takes a deployment unless told otherwise, and changes nothing in a dry run', async () => {
    const before = await stored('deployment/api', path);
    expect(await textOf('k8s_rollout_restart', { name: 'api', dry_run: true })).toMatch(
      /^deployment\.apps\/api restarted \(dry run/,
    );
    expect(await stored('deployment/api', path)).toBe(before);
  });

  it('refuses a paused deployment', async () => {
    expect(await call('k8s_rollout_restart', { name: 'paused' })).toMatchObject({
      status: 412,
      body: { code: 'precondition', detail: expect.stringMatching(/is paused.*k8s_patch/) },
    });
    expect(await stored('deployment/paused', path)).toBe('');
  });
});

describe('k8s_scale', () => {
  it.each(['deployment/api', 'statefulset/db', 'rollouts.argoproj.io/checkout'])(
    'scales %s and says from what to what',
    async (target) => {
      const [resource_type, name] = target.split('/');
      const from = await stored(target, '{.spec.replicas}');
      // The controller of Rollouts sets the replicas of one that has none, now or in a moment.
      const scaled = from ? `scaled from ${from}` : 'scaled from (not set|1)';
      const scale = (replicas: number | string) =>
        textOf('k8s_scale', { name, resource_type, replicas });
      expect(await scale(4)).toMatch(new RegExp(`/${name} ${scaled} to 4\n`));
      expect(await stored(target, '{.spec.replicas}')).toBe('4');
      const toNone = await scale('0');
      expect(toNone).toMatch(/scaled from 4 to 0\n/);
      expect(toNone).toContain('-  replicas: 4\n+  replicas: 0');
      expect(await stored(target, '{.spec.replicas}')).toBe('0');
      expect(await scale(0)).toMatch(/already scaled to 0/);
    },
  );

  it('scales a replicaset, over MCP', async () => {
    await createObjects(
      workload('ReplicaSet', { namespace, name: 'bare' }, { app: 'app:1' }, { replicas: 1 }),
    );
    expect(
      await textOverMcp('k8s_scale', { name: 'bare', resource_type: 'rs', replicas: 2 }),
    ).toMatch(/^replicaset\.apps\/bare scaled from 1 to 2\n/);
    expect(await stored('rs/bare', '{.spec.replicas}')).toBe('2');
  });

  it('changes nothing in a dry run', async () => {
    expect(
      await textOf('k8s_scale', {
        name: 'web',
        resource_type: 'deployment',
        replicas: 7,
        dry_run: true,
      }),
    ).toMatch(/scaled from 1 to 7 \(dry run/);
    expect(await stored('deployment/web', '{.spec.replicas}')).toBe('1');
  });

  it('refuses less than nothing, and kinds without replicas', async () => {
    const web = { name: 'web', resource_type: 'deployment' };
    for (const replicas of [-1, '-1', 1.5, 2 ** 31]) {
      expect(await call('k8s_scale', { ...web, replicas })).toMatchObject({ status: 422 });
    }
    const { status, body } = await call('k8s_scale', {
      name: 'agent',
      resource_type: 'daemonset',
      replicas: 1,
    });
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'resource_type']);
    for (const kind of ['deployments.apps', 'statefulsets.apps', 'rollouts.argoproj.io']) {
      expect(body.detail).toContain(kind);
    }
  });
});
