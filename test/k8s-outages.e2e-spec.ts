import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { configMap, createObjects } from './support/manifest.js';
import { execute } from './support/rest.js';
import { useDrain } from './support/use-drain.js';
import { useGate } from './support/use-gate.js';

const AWAY_MS = 2_500;

const door = useGate();
const { own, server, place, podsOnNode, workload } = useDrain('outages', 'outage-node', door.env);

/**
 * Calls a tool that waits, and takes the cluster away for a while as soon as it reports something.
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
  await sleep(AWAY_MS);
  door.gate.comeBack();
  await whenBack();
  const { isError, content } = await answer;
  return { isError, told, text: (content as { text: string }[])[0]!.text };
}

const AWAY = expect.stringMatching(/^The cluster is away: /) as string;

describe('a call that waits while the cluster is away for a moment', () => {
  it('k8s_rollout_status sees the rollout through', async () => {
    await own.kubectl('create', 'deployment', 'web', '--image=nginx:invalid-tag');
    const args = { namespace: own.name, name: 'web', timeout_seconds: 40 };
    const { isError, told, text } = await duringOutage('k8s_rollout_status', args, () =>
      own.kubectl('set', 'image', 'deployment/web', '*=nginx:1'),
    );
    expect(isError).not.toBe(true);
    expect(told).toContainEqual(AWAY);
    expect(text.split('\n').at(-1)).toBe('deployment "web" successfully rolled out');
  });

  it('k8s_delete sees the object go', async () => {
    const finalizers = ['example.com/hold'];
    await createObjects(configMap('held', {}, { namespace: own.name, finalizers }));
    const args = { namespace: own.name, resource_type: 'configmap', name: 'held' };
    const { isError, told, text } = await duringOutage(
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
    expect(told).toContainEqual(AWAY);
    expect(text).toMatch(/^configmap\/held deleted\n/);
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
    const { isError, told, text } = await duringOutage('k8s_drain', args, () =>
      own.kubectl('patch', 'pod', first, '--type=merge', '-p', '{"metadata":{"finalizers":null}}'),
    );
    expect(isError).not.toBe(true);
    expect(told).toContainEqual(AWAY);
    expect(text).toMatch(/^node\/outage-node drained: 3 pods evicted/);
    expect(await podsOnNode()).toEqual([]);
  });

  it('ends at its own limit where the cluster does not come back, and says so', async () => {
    await own.kubectl('create', 'deployment', 'stuck', '--image=nginx:invalid-tag');
    const args = { namespace: own.name, name: 'stuck', timeout_seconds: 3 };
    const answer = execute(server.url, 'k8s_rollout_status', args);
    await sleep(1_000);
    door.gate.goAway();
    const { status, body } = await answer;
    door.gate.comeBack();
    expect(status).toBe(200);
    expect(body.result).toContain('is not finished after 3 s. The cluster is away: ');
  });
});
