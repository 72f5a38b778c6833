import { describe, expect, it, vi } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { podOf } from './support/pod-of.js';
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
      10_000,
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
