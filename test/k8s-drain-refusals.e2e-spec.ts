import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '#sandbox';
import { createObjects } from './support/manifest.js';
import { testSandbox } from './support/sandbox.js';
import { useDrain } from './support/use-drain.js';
import { useGate } from './support/use-gate.js';

const NODE = 'node-of-refusals';

const door = useGate();
const { own, server, drain, podsOnNode, isCordoned, ...make } = useDrain(
  'drain-refusals',
  NODE,
  door.env,
);
const { place, counted, workload, budget } = make;

/** An eviction that is meant, of a pod whose name begins so. */
const evictionOf =
  (name: string) =>
  ({ method, url }: { method?: string; url?: string }) =>
    method === 'POST' && new RegExp(`/pods/${name}[^/]*/eviction`).test(url ?? '');
const deployments = (...names: string[]) =>
  names.map((name) => workload('Deployment', name, { replicas: 1 }));

describe('k8s_drain, when a pod cannot be evicted', () => {
  it('evicts all others, and fails with the names of those and why', async () => {
    await place(3, ...deployments('torn', 'free', 'other'));
    await createObjects(budget('torn', 0), budget('torn', 0, 'two'));
    const { status, body } = await drain();
    expect([status, body.code]).toEqual([502, 'upstream']);
    expect(body.detail).toMatch(
      /^Node node-of-refusals is not empty: 2 of 3 pods evicted\. drain-refusals\/torn-\S+ cannot be evicted: This pod has more than one PodDisruptionBudget.* It stays cordoned/,
    );
    expect(body['output']).toMatch(
      /^Evicted:\n( {2}drain-refusals\/(free|other)-\S+\n){2}\nLeft:\n {2}drain-refusals\/torn-\S+ \(This pod has/,
    );
    expect(await podsOnNode()).toEqual([expect.stringMatching(/^torn-/)]);
    expect(await isCordoned()).toBe(true);
  });

  it('names it in a dry run', async () => {
    await place(2, ...deployments('torn', 'free'));
    await createObjects(budget('torn', 0), budget('torn', 0, 'two'));
    const text = await server.textOf('k8s_drain', { dry_run: true });
    expect(text).toMatch(/^2 pods would be evicted/);
    expect(text).toMatch(/torn-\S+ \(cannot be evicted: This pod has more than one/);
  });
});

describe('k8s_drain, when a pod cannot be evicted now', () => {
  let sandbox: Sandbox;
  beforeAll(() => {
    sandbox = openSandbox(testSandbox().name) as Sandbox;
  });
  afterAll(() => sandbox.resumeProcess('kube-controller-manager'));

  it('names a budget that is not counted yet, and goes on with the others', async () => {
    await place(2, ...deployments('early', 'free'));
    sandbox.pauseProcess('kube-controller-manager');
    await createObjects(budget('early', 0));
    const messages: string[] = [];
    const drained = server.textOverMcp('k8s_drain', undefined, {
      onprogress: ({ message }) => messages.push(message ?? ''),
    });
    await expect
      .poll(() => messages.at(-1))
      .toMatch(/^1 of 2 pods evicted; The disruption budget early-budget is still being processed/);
    expect(await podsOnNode()).toEqual([expect.stringMatching(/^early-/)]);
    sandbox.resumeProcess('kube-controller-manager');
    expect(await drained).toContain('2 pods evicted');
  });

  it('tries again after a conflict, as the pod is still there', async () => {
    await place(1, ...deployments('changing'));
    door.gate.change(evictionOf('changing'), (eviction) => ({
      ...eviction,
      deleteOptions: { preconditions: { resourceVersion: '1' } },
    }));
    const messages: string[] = [];
    const drained = await server.textOverMcp('k8s_drain', undefined, {
      onprogress: ({ message }) => messages.push(message ?? ''),
    });
    expect(messages[0]).toMatch(/^0 of 1 pod evicted; .*the ResourceVersion in the precondition/);
    expect(drained).toContain('1 pod evicted');
    expect(await podsOnNode()).toEqual([]);
  });

  it('counts a pod as gone that is deleted meanwhile', async () => {
    await place(1, ...deployments('leaving'));
    door.gate.before(evictionOf('leaving'), () =>
      own.kubectl('delete', 'pods', '--all', '--grace-period=0', '--force'),
    );
    expect(await server.textOf('k8s_drain')).toContain('1 pod evicted');
  });
});

describe('k8s_drain, when an answer does not come', () => {
  it('says at its time limit which evictions were asked for without an answer', async () => {
    await place(2, ...deployments('mute', 'held'), budget('held', 1));
    await counted(1);
    const released = Promise.withResolvers<void>();
    door.gate.after(evictionOf('mute'), () => released.promise);
    const { status, body } = await drain({ timeout_seconds: 3 });
    released.resolve();
    expect([status, body.code]).toEqual([504, 'timeout']);
    expect(body['output']).toMatch(/mute-\S+ \(asked to be evicted, no answer\)/);
    expect(body['output']).toMatch(/held-\S+ \(The disruption budget held-budget/);
  });

  it('goes on when the connection of an eviction breaks, as that names its pod', async () => {
    await place(1, ...deployments('mute'));
    door.gate.after(evictionOf('mute'), () => Promise.reject(new Error('broken')));
    const { status, body } = await drain();
    expect([status, body.result]).toEqual([
      200,
      expect.stringMatching(/ drained: 1 pod evicted\n\nEvicted:\n {2}\S*mute-\S+\n/),
    ]);
    expect(await podsOnNode()).toEqual([]);
  });
});
