import { setTimeout as sleep } from 'node:timers/promises';

/** One thing that a caller does. @returns how many calls it made that passed validation */
export type Action = () => Promise<number>;

const NAMESPACE = 'bench-soak';
const HANG_UP_MS = 300;

/** The calls of the REST door, by hand: a bench is to see what a client sees. */
class Door {
  constructor(private readonly url: string) {}

  call(
    tool: string,
    args: object,
    more: { headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<Response> {
    return fetch(`${this.url}/engine/v1/tools/k8s/${tool}/execute`, {
      method: 'POST',
      ...more,
      headers: { 'content-type': 'application/json', ...more.headers },
      body: JSON.stringify(args),
    });
  }

  async start(tool: string, args: object): Promise<string> {
    const response = await this.call(tool, args, { headers: { prefer: 'respond-async' } });
    return ((await expectStatus(response, 202).json()) as { execution_id: string }).execution_id;
  }

  async get(id: string): Promise<{ status: string }> {
    const response = await fetch(`${this.url}/engine/v1/executions/${id}`);
    return (await response.json()) as { status: string };
  }

  async cancel(id: string): Promise<void> {
    const response = await fetch(`${this.url}/engine/v1/executions/${id}`, { method: 'DELETE' });
    await expectStatus(response, 200, 409).arrayBuffer();
  }

  /**
   * Reads events to the result, or breaks off after some milliseconds. @returns the id of the last
   * event
   */
  async follow(id: string, after: number, mostMs?: number): Promise<number> {
    const signal = mostMs === undefined ? undefined : AbortSignal.timeout(mostMs);
    let text = '';
    try {
      const response = await fetch(`${this.url}/engine/v1/executions/${id}/events`, {
        headers: { 'last-event-id': String(after) },
        signal,
      });
      for await (const piece of expectStatus(response, 200).body!.pipeThrough(
        new TextDecoderStream(),
      )) {
        text += piece;
      }
      if (!text.includes('event: result')) throw new Error('A stream ended without a result.');
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
    const ids = [...text.matchAll(/^id: (\d+)\n.*\n.*\n\n/gm)].map(([, seq]) => Number(seq));
    return ids.at(-1) ?? after;
  }
}

/** Every way to call, broken off and cancelled in every way. @param others further ones */
export function soakActions(url: string, others: readonly (() => Promise<unknown>)[]): Action[] {
  const door = new Door(url);
  const logs = { pod_name: 'app=web', namespace: 'shop', num_lines: 1, follow: true };
  const ran = async (response: Promise<Response>) => {
    await expectStatus(await response, 200).arrayBuffer();
    return 1;
  };
  const withHangUp = async (tool: string, args: object) => {
    const signal = AbortSignal.timeout(HANG_UP_MS);
    await door.call(tool, args, { signal }).then(
      () => Promise.reject(new Error('A call ended before it was hung up on.')),
      () => undefined,
    );
    return 1;
  };
  let number = 0;
  return [
    () => ran(door.call('k8s_get', { resource_type: 'pods', namespace: 'shop' })),
    () => ran(door.call('k8s_get', { resource_type: 'deploy', namespace: 'shop', output: 'yaml' })),
    () => ran(door.call('k8s_describe', { resource_type: 'node', name: 'node-1' })),
    () => ran(door.call('k8s_exec', { ...POD, command: 'echo hello' })),
    () => ran(door.call('k8s_patch', patchOf(number++))),
    () => {
      const headers = { 'idempotency-key': `soak-${(number += 1)}` };
      const patch = patchOf(number);
      const twice = [1, 2].map(() => ran(door.call('k8s_patch', patch, { headers })));
      return Promise.all(twice).then(() => 1);
    },
    async () => {
      const refused = await door.call('k8s_get', { resource_type: '-A' });
      await expectStatus(refused, 422).arrayBuffer();
      return 0;
    },
    async () => {
      const args = { ...logs, timeout_seconds: 2 };
      const headers = { accept: 'text/event-stream' };
      return ran(door.call('k8s_logs', args, { headers }));
    },
    async () => {
      const id = await door.start('k8s_logs', { ...logs, timeout_seconds: 2 });
      const seen = await door.follow(id, 0, 500);
      await door.follow(id, seen);
      return 1;
    },
    async () => {
      const id = await door.start('k8s_logs', { ...logs, timeout_seconds: 60 });
      await sleep(HANG_UP_MS);
      await door.cancel(id);
      const { status } = await door.get(id);
      if (status !== 'cancelled') throw new Error(`A cancelled execution is ${status}.`);
      return 1;
    },
    async () => {
      const id = await door.start('k8s_exec', { ...POD, command: 'sleep 60' });
      await sleep(HANG_UP_MS);
      await door.cancel(id);
      return 1;
    },
    () => withHangUp('wait_for_x_seconds', { seconds: 60 }),
    () => withHangUp('k8s_logs', { ...logs, timeout_seconds: 60 }),
    () => withHangUp('k8s_rollout_status', { name: 'payments', namespace: 'shop' }),
    ...others.map((call) => () => call().then(() => 1)),
  ];
}

/** What the actions work on. */
export const SOAK_OBJECTS = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'target', namespace: NAMESPACE },
      data: { value: 'before' },
    },
  ],
};

const POD = { pod_name: 'postgres-0', namespace: 'shop' };

function patchOf(number: number): object {
  const patch = JSON.stringify({ data: { value: String(number) } });
  const target = { name: 'target', resource_type: 'configmap', namespace: NAMESPACE };
  return { ...target, patch_type: 'merge', patch };
}

function expectStatus(response: Response, ...expected: number[]): Response {
  if (expected.includes(response.status)) return response;
  throw new Error(`${response.url} answered ${response.status}, not ${expected.join(' or ')}.`);
}
