import { beforeAll, describe, expect, it, vi } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { createObjects } from './support/manifest.js';
import { podOf } from './support/pod-of.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const server = useServer({ defaults: { namespace: 'shop' } });
const { call, textOf } = server;
const linesOf = async (args: Record<string, unknown>) =>
  (await textOf('k8s_logs', args)).split('\n');

describe('k8s_logs', () => {
  it('gives the last lines of a pod, as kubectl does', async () => {
    const pod = await podOf('web');
    const printed = () => kubectl('logs', '-n', 'shop', pod);
    const newest = (await printed()).trimEnd().split('\n').at(-1);
    const lines = await linesOf({ pod_name: pod, num_lines: 50 });
    expect(lines).toContain(newest);
    // The pod has gone on writing meanwhile.
    expect(await printed()).toContain(lines.join('\n'));
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
    });
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      expect.objectContaining({ field: 'container_name', accepts: 'one of api, sidecar' }),
    ]);
  });

  it('takes the container that the annotation names, the one that is asked for, or all', async () => {
    const pod = await podOf('worker');
    const args = { pod_name: pod, num_lines: 2 };
    // The pod may write between the two readings, which are then read again.
    await vi.waitFor(
      async () =>
        expect(await linesOf(args)).toEqual(await linesOf({ ...args, container_name: 'worker' })),
      30_000,
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
    [{ pod_name: 'nope', since: '0s' }, 422],
    [{ pod_name: 'nope', since: '0.0h0ms' }, 422],
    [{ pod_name: 'nope', since: '87601h' }, 422],
    [{ pod_name: 'nope', since: '99999999999999999999h' }, 422],
    [{ pod_name: 'nope', since: `${'9'.repeat(400)}h` }, 422],
    [{ pod_name: 'deployment/web/extra' }, 422],
    [{ pod_name: 'deployment/-x' }, 422],
    [{ pod_name: '-A' }, 422],
  ])('refuses %o', async (args, expected) => {
    const { status, body } = await call('k8s_logs', args);
    expect([status, typeof body.detail]).toEqual([expected, 'string']);
  });
});

describe('a pod that has not started', () => {
  const namespace = 'logs-pending';
  const own = useNamespace(namespace);
  /** A pod that no node takes. */
  const pod = (name: string, initContainers: object[] = []) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: 'pending' } },
    spec: {
      nodeSelector: { none: 'such' },
      initContainers,
      containers: [{ name: 'web', image: 'nginx:1.27' }],
    },
  });
  /** What the kubelet would say. */
  const say = (name: string, status: object) =>
    own.kubectl(
      'patch',
      'pod',
      name,
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status }),
    );
  const waiting = (name: string, reason: string, message?: string) => ({
    name,
    image: 'nginx:1.27',
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { waiting: { reason, message } },
  });
  const scheduled = { conditions: [{ type: 'PodScheduled', status: 'True' }] };

  beforeAll(async () => {
    await createObjects(
      pod('unscheduled'),
      pod('no-image'),
      pod('creating'),
      pod('initial', [{ name: 'migrate', image: 'busybox:1.37' }]),
    );
    await own.kubectl('wait', 'pod', '--all', '--for=condition=PodScheduled=false');
    await say('no-image', {
      ...scheduled,
      containerStatuses: [waiting('web', 'ImagePullBackOff', 'Back-off pulling image "nginx"')],
    });
    await say('creating', {
      ...scheduled,
      containerStatuses: [waiting('web', 'ContainerCreating')],
    });
    const startedAt = '2026-01-01T00:00:00Z';
    await say('initial', {
      ...scheduled,
      initContainerStatuses: [
        { ...waiting('migrate', ''), state: { running: { startedAt } }, started: true },
      ],
      containerStatuses: [waiting('web', 'PodInitializing')],
    });
  });

  it.each([
    ['unscheduled', /is Pending \(0\/\d nodes are available: .*\)\.$/],
    ['no-image', /is Pending \(web: ImagePullBackOff\)\. Back-off pulling image "nginx"$/],
    ['creating', /is Pending \(web: ContainerCreating\)\.$/],
    ['initial', /\(web: PodInitializing\)\. Its init container migrate is still running\.$/],
  ])('is said to have none, and why: %s', async (name, why) => {
    for (const more of [{}, { previous: true }, { follow: true, timeout_seconds: 2 }]) {
      const { status, body } = await call('k8s_logs', { namespace, pod_name: name, ...more });
      expect([status, body.code, body.detail]).toEqual([
        412,
        'precondition',
        expect.stringMatching(why),
      ]);
      expect(body.detail).toContain(`Container web of pod ${name} has not started. The pod `);
    }
  });

  it('is named among the pods of a selector', async () => {
    const lines = await linesOf({ namespace, pod_name: 'app=pending' });
    expect(lines).toHaveLength(4);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^\[pod\/unscheduled\/web\] \(no log: Container web of pod unscheduled has not started/,
      ),
    );
  });

  it('has no metrics, which k8s_top_pods says', async () => {
    const text = await textOf('k8s_top_pods', { namespace });
    expect(text).toBe('No metrics yet for 4 pods: creating, initial, no-image, unscheduled.');
    const everywhere = await textOf('k8s_top_pods', { namespace: undefined, all_namespaces: true });
    expect(everywhere).toMatch(/^No metrics yet for \d+ pods: \S+\/\S+, /m);
    const one = await call('k8s_top_pods', { namespace, pod_name: 'no-image' });
    expect([one.status, one.body.detail]).toEqual([
      404,
      expect.stringContaining(
        'no metrics for the pod logs-pending/no-image yet. It is Pending (web: ImagePullBackOff)',
      ),
    ]);
    const { status, body } = await call('k8s_top_pods', { namespace, pod_name: 'nobody' });
    expect([status, body.detail]).toEqual([404, expect.stringContaining('"nobody" not found')]);
  });
});
