import { describe, expect, it } from 'vitest';
import { configMap, createObjects } from './support/manifest.js';
import { mcpTextOf } from './support/mcp-clients.js';
import { useDrain } from './support/use-drain.js';
import { useGate } from './support/use-gate.js';

const door = useGate();
const { own, server, place, podsOnNode, workload } = useDrain('outages', 'outage-node', door.env);

/**
 * Calls a tool that waits, and takes the cluster away as soon as it reports something, until it
 * reports that.
 */
async function duringOutage(tool: string, args: Record<string, unknown>, whenBack: () => unknown) {
  const told: string[] = [];
  const begun = Promise.withResolvers<void>();
  const answer = server.mcp.call(tool, args, {
    onprogress: ({ message = '' }) => {
      told.push(message);
      begun.resolve();
    },
  });
  await begun.promise;
  door.gate.goAway();
  await expect.poll(() => told).toContainEqual(expect.stringMatching(/^The cluster is away: /));
  door.gate.comeBack();
  await whenBack();
  const { isError, content } = await answer;
  return { isError, text: (content as { text: string }[])[0]!.text };
}

describe('a call that waits while the cluster is away for a moment', () => {
  it('k8s_rollout_status sees the rollout through', async () => {
    await own.kubectl('create', 'deployment', 'web', '--image=nginx:invalid-tag');
    const args = { namespace: own.name, name: 'web', timeout_seconds: 40 };
    const { isError, text } = await duringOutage('k8s_rollout_status', args, () =>
      own.kubectl('set', 'image', 'deployment/web', '*=nginx:1'),
    );
    expect(isError).not.toBe(true);
    expect(text.split('\n').at(-2)).toBe('deployment "web" successfully rolled out');
  });

  it('k8s_delete sees the object go', async () => {
    const finalizers = ['example.com/hold'];
    await createObjects(configMap('held', {}, { namespace: own.name, finalizers }));
    const args = { namespace: own.name, resource_type: 'configmap', name: 'held' };
    const { isError, text } = await duringOutage(
      'k8s_delete',
      { ...args, timeout_seconds: 40 },
      () =>
        own.kubectl(
          'patch',
          'configmap/held',
          '--type=merge',
          '-p',
          '{"metadata":{"finalizers":null}}',
        ),
    );
    expect(isError).not.toBe(true);
    expect(text).toBe('configmap/held deleted');
  });

  it('k8s_drain empties the node', async () => {
    await place(3, workload('Deployment', 'app', { replicas: 3 }));
    const [first = ''] = await podsOnNode();
    await own.kubectl(
      'patch',
      'pod',
      first,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":["example.com/hold"]}}',
    );
    const args = { node_name: 'outage-node', timeout_seconds: 60 };
    const { isError, text } = await duringOutage('k8s_drain', args, () =>
      own.kubectl('patch', 'pod', first, '--type=merge', '-p', '{"metadata":{"finalizers":null}}'),
    );
    expect(isError).not.toBe(true);
    expect(text).toMatch(/^node\/outage-node drained: 3 pods evicted/);
    expect(await podsOnNode()).toEqual([]);
  });

  it('ends at its own limit where the cluster does not come back, and says so', async () => {
    await own.kubectl('create', 'deployment', 'stuck', '--image=nginx:invalid-tag');
    const args = { namespace: own.name, name: 'stuck', timeout_seconds: 3 };
    const begun = Promise.withResolvers<void>();
    const answer = server.mcp.call('k8s_rollout_status', args, {
      onprogress: () => begun.resolve(),
    });
    await begun.promise;
    door.gate.goAway();
    const text = mcpTextOf(await answer);
    door.gate.comeBack();
    expect(text).toContain('is not finished after 3 s. The cluster is away: ');
  });
});
