import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { outcomesOf } from './support/call-log.js';
import { ExecutionsApi } from './support/executions.js';
import { textOf } from './support/rest.js';
import { useDrain } from './support/use-drain.js';
import { useGate } from './support/use-gate.js';

const TOOL = 'k8s_drain';
const NODE = 'node-to-drain';
/** More than two looks at a node whose drain goes on. */
const LOOKS_MS = 2_500;

const door = useGate();
const { own, server, drain, podsOnNode, isCordoned, ...make } = useDrain(
  'draining',
  NODE,
  door.env,
);
const { place, counted, podSpec, workload, budget } = make;
const api = new ExecutionsApi(server);

describe('k8s_drain', () => {
  it('evicts what can go and leaves DaemonSets, over MCP with progress', async () => {
    await place(
      4,
      workload('Deployment', 'web', { replicas: 3 }),
      workload('DaemonSet', 'agent', {}),
    );
    const seen: [number, number | undefined][] = [];
    const text = await server.textOverMcp(TOOL, undefined, {
      onprogress: ({ progress, total }) => seen.push([progress, total]),
    });
    expect(text).toMatch(/^node\/node-to-drain drained: 3 pods evicted[^]*agent-\w+ \(DaemonSet\)/);
    expect(text).toContain('+  unschedulable: true');
    expect(seen.at(-1)).toEqual([3, 3]);
    expect(await podsOnNode()).toEqual([expect.stringMatching(/^agent-/)]);
    expect(await isCordoned()).toBe(true);
  });

  it('refuses before it touches anything, with every reason', async () => {
    const data = podSpec({ volumes: [{ name: 'cache', emptyDir: {} }] });
    await place(
      3,
      workload('Deployment', 'cache', { replicas: 1 }, data),
      workload('DaemonSet', 'agent', {}),
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'bare', namespace: own.name },
        spec: podSpec(),
      },
    );
    const before = await podsOnNode();
    const { status, body } = await drain({ ignore_daemonsets: false });
    expect([status, body.code]).toEqual([412, 'precondition']);
    expect(body.detail).toMatch(/DaemonSets \(ignore_daemonsets leaves them\): draining\/agent-/);
    expect(body.detail).toMatch(/emptyDir data.* \(delete_emptydir_data\): draining\/cache-/);
    expect(body.detail).toMatch(/no controller would replace \(force\): draining\/bare/);
    expect(await podsOnNode()).toEqual(before);
    expect(await isCordoned()).toBe(false);

    const forced = await drain({
      force: true,
      delete_emptydir_data: true,
      grace_period_seconds: 0,
    });
    expect(textOf(forced)).toContain('2 pods evicted');
    expect(await podsOnNode()).toEqual([expect.stringMatching(/^agent-/)]);
  });

  it('names the PodDisruptionBudget that holds it up, and what is left', async () => {
    await place(1, workload('Deployment', 'held', { replicas: 1 }), budget('held', 1));
    await counted(1);
    await place(2, workload('Deployment', 'free', { replicas: 1 }));
    const { status, body } = await drain({ timeout_seconds: 3 });
    expect([status, body.code, body['retryable']]).toEqual([504, 'timeout', false]);
    expect(body.detail).toContain('1 of 2 pods evicted');
    expect(body.detail).toContain('The disruption budget held-budget needs 1 healthy pods');
    expect(body.detail).toContain('stays cordoned');
    expect(body['output']).toMatch(
      /Evicted:\n {2}draining\/free-\S+\n\nLeft:\n {2}draining\/held-\S+ \(The/,
    );
    expect(await podsOnNode()).toEqual([expect.stringMatching(/^held-/)]);
    expect(await isCordoned()).toBe(true);
  });

  it('goes on as soon as the budget allows it', async () => {
    await place(1, workload('Deployment', 'held', { replicas: 1 }), budget('held', 1));
    await counted(1);
    const messages: string[] = [];
    const drained = server.textOverMcp(TOOL, undefined, {
      onprogress: ({ message }) => messages.push(message ?? ''),
    });
    await expect.poll(() => messages.join()).toContain('held-budget');
    await own.kubectl('delete', 'pdb', 'held-budget');
    expect(await drained).toContain('1 pod evicted');
    expect(await podsOnNode()).toEqual([]);
  });

  it('tells in a stream what holds it up, while it is held up, and how far it is', async () => {
    await place(1, workload('Deployment', 'held', { replicas: 1 }), budget('held', 1));
    await counted(1);
    await place(2, workload('Deployment', 'free', { replicas: 1 }));
    const stream = await api.stream(TOOL, { node_name: NODE });
    const told = () => stream.of('progress').map(({ data }) => data);
    await expect.poll(told).toContainEqual({
      progress: 1,
      total: 2,
      message: expect.stringContaining('held-budget needs 1 healthy pods'),
    });
    expect(stream.of('result')).toEqual([]);
    expect(await podsOnNode()).toEqual([expect.stringMatching(/^held-/)]);
    await own.kubectl('delete', 'pdb', 'held-budget');
    const { data } = await stream.result();
    expect(data).toMatchObject({ tool: TOOL, status: 'succeeded' });
    expect(data['result']).toContain('2 pods evicted');
    expect(told().at(-1)).toMatchObject({ progress: 2, total: 2 });
    expect(await podsOnNode()).toEqual([]);
  });

  it('stops evicting when its caller cancels, and leaves the node cordoned', async () => {
    await place(1, workload('Deployment', 'held', { replicas: 1 }), budget('held', 1));
    await counted(1);
    const cancel = new AbortController();
    const call = server.mcp.call(
      TOOL,
      { node_name: NODE },
      { signal: cancel.signal, onprogress: () => cancel.abort() },
    );
    await expect(call).rejects.toThrow();
    await expect.poll(() => outcomesOf(server.log, TOOL).at(-1)).toBe('cancelled');
    await own.kubectl('delete', 'pdb', 'held-budget');
    const asked = () => door.gate.passed.filter(({ url }) => url?.includes('pods')).length;
    const before = asked();
    await sleep(LOOKS_MS);
    expect(asked()).toBe(before);
    expect(await podsOnNode()).toHaveLength(1);
    expect(await isCordoned()).toBe(true);
  });

  it('changes nothing in a dry run, and says what would be held', async () => {
    await place(1, workload('Deployment', 'held', { replicas: 1 }), budget('held', 1));
    await counted(1);
    const text = textOf(await drain({ dry_run: true }));
    expect(text).toMatch(/^1 pod would be evicted \(dry run: nothing was changed\)/);
    expect(text).toMatch(/draining\/held-\S+ \(held now: The disruption budget held-budget/);
    expect(await podsOnNode()).toHaveLength(1);
    expect(await isCordoned()).toBe(false);
  });

  it('cordons a node without pods', async () => {
    expect(textOf(await drain())).toMatch(/^node\/node-to-drain drained: 0 pods evicted/);
    expect(await isCordoned()).toBe(true);
    expect(textOf(await drain())).toContain('already cordoned');
  });

  it.each([
    [{ node_name: 'no-such-node' }, 404],
    [{ node_name: '../x' }, 422],
    [{ node_name: '-A' }, 422],
    [{ node_name: 'n --all' }, 422],
    [{ grace_period_seconds: -1 }, 422],
  ])('refuses %o', async (args, expected) => {
    const { status, body } = await drain(args);
    expect([status, typeof body.detail]).toEqual([expected, 'string']);
    expect(await isCordoned()).toBe(false);
  });
});
