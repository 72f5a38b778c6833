import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRead } from './support/api-gate.js';
import type { StreamEvent } from './support/event-reader.js';
import { configMap, createObjects } from './support/manifest.js';
import { childrenOf, connectedTo, memoryOf, statOf } from './support/process-state.js';
import { onThisMachine, useExecutions } from './support/use-executions.js';
import { useNamespace } from './support/use-namespace.js';

const EXEC = 'k8s_exec';
/** More than the buffers between the server and a reader hold. */
const MUCH = 24_000_000;
const READERS = 25;

const own = useNamespace('executions');
const { api, server, targets } = useExecutions({
  env: () => ({ MAX_KEPT_OUTPUT_CHARS: String(2 * MUCH), MAX_UNREAD_SECONDS: '10' }),
});

/** Readers of one execution who take nothing, and what was before them. */
let stalled: { id: string; sockets: Socket[]; memory: number };
beforeAll(async () => {
  const { body } = await api.run(EXEC, onThisMachine(`yes 0123456789 | head -c ${MUCH}`));
  const id = String(body['execution_id']);
  const memory = memoryOf(server.pid);
  const sockets = await Promise.all(Array.from({ length: READERS }, () => openStalled(id)));
  stalled = { id, sockets, memory };
});
afterAll(() => stalled.sockets.forEach((socket) => socket.destroy()));

/** The ports of those of them whose connection the server holds. */
function readersHeld(): number[] {
  const ports = new Set(stalled.sockets.map(({ localPort }) => localPort));
  return connectedTo(Number(new URL(server.url).port)).filter((port) => ports.has(port));
}

/** Asks for the events of an execution, and reads none of them. */
async function openStalled(id: string): Promise<Socket> {
  const { hostname, port, host } = new URL(server.url);
  const socket = connect(Number(port), hostname).pause();
  await once(socket, 'connect');
  socket.write(`GET /engine/v1/executions/${id}/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return socket;
}

it('holds readers who stop reading, at first', async () => {
  await expect.poll(readersHeld).toHaveLength(READERS);
});

describe('cancelling', () => {
  it('closes the connection to the API server', async () => {
    const args = { pod_name: 'app=web', namespace: 'shop', context: 'gate', num_lines: 1 };
    const id = await api.start('k8s_logs', { ...args, follow: true, timeout_seconds: 60 });
    await expect.poll(() => targets.gate.open).toBe(2);
    expect((await api.cancel(id)).body.status).toBe('cancelled');
    await expect.poll(() => targets.gate.open).toBe(0);
  });

  it('ends the program that was started', async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    targets.gate.before(
      (request) => isRead(request) && Boolean(request.url?.includes('/events')),
      () => held,
    );
    const args = { name: 'web', resource_type: 'deployment', namespace: 'shop', context: 'gate' };
    const id = await api.start('k8s_describe', args);
    const started = () =>
      childrenOf(server.pid).filter((child) => statOf(child)?.name === 'kubectl');
    await expect.poll(started).toHaveLength(1);
    const [pid] = started();
    expect((await api.cancel(id)).body.status).toBe('cancelled');
    await expect.poll(() => childrenOf(server.pid)).not.toContain(pid);
    letGo();
  });
});

describe('a caller who hangs up', () => {
  const args = onThisMachine('sleep 2; echo done');
  const hangUp = async (headers: Record<string, string>) => {
    const caller = new AbortController();
    const url = `${server.url}/engine/v1/tools/k8s/${EXEC}/execute`;
    const body = JSON.stringify(args);
    const all = { 'content-type': 'application/json', ...headers };
    const { signal } = caller;
    const call = fetch(url, { method: 'POST', headers: all, body, signal }).catch(() => 'gone');
    await expect.poll(() => targets.local.open).toBe(1);
    caller.abort();
    expect(await call).toBe('gone');
    return (await api.list({ tool: EXEC, limit: '1' })).body.executions[0]!.id;
  };

  it('ends the call', async () => {
    expect((await api.finished(await hangUp({}))).status).toBe('cancelled');
    await expect.poll(() => targets.local.open).toBe(0);
  });

  it('comes back to it by the idempotency key', async () => {
    const key = { 'idempotency-key': 'come-back' };
    const id = await hangUp(key);
    const { status, body } = await api.run(EXEC, args, key);
    expect([status, body['execution_id'], body['result']]).toEqual([200, id, 'done']);
  });
});

describe('an idempotency key', () => {
  it('is for one tool', async () => {
    const key = { 'idempotency-key': 'one-tool' };
    const where = { name: 'web', resource_type: 'deployment', namespace: 'shop' };
    const first = await api.run('k8s_rollout_restart', { ...where, dry_run: true }, key);
    expect(first.status).toBe(200);
    const other = await api.run('k8s_delete', { ...where, dry_run: true }, key);
    expect([other.status, other.body['code']]).toEqual([409, 'conflict']);
    expect(other.body['detail']).toContain(String(first.body['execution_id']));
  });

  it('is of one caller: the same key of another one is for a call of its own', async () => {
    const key = { 'idempotency-key': 'one-caller' };
    const before = targets.local.commands.length;
    const args = onThisMachine('echo once each');
    const here = await api.start(EXEC, args, key);
    const there = await api.startFrom('127.0.0.2', EXEC, args, key);
    expect(there).not.toBe(here);
    expect(await api.startFrom('127.0.0.2', EXEC, args, key)).toBe(there);
    for (const id of [here, there]) expect((await api.finished(id)).status).toBe('succeeded');
    expect(targets.local.commands).toHaveLength(before + 2);
  });

  it('is for one write, whatever happens to the object in between', async () => {
    await createObjects(configMap('once', { value: 'before' }, { namespace: own.name }));
    const patch = {
      name: 'once',
      resource_type: 'configmap',
      namespace: own.name,
      patch_type: 'merge',
      patch: '{"data":{"value":"after"}}',
    };
    const key = { 'idempotency-key': 'patch' };
    const first = await api.run('k8s_patch', patch, key);
    expect([first.status, await own.stored('configmap/once', '{.data.value}')]).toEqual([
      200,
      'after',
    ]);
    await own.kubectl('patch', 'configmap', 'once', '-p', '{"data":{"value":"theirs"}}');
    const { resourceVersion } = (await own.read('configmap/once')).metadata;
    const again = await Promise.all([1, 2, 3].map(() => api.run('k8s_patch', patch, key)));
    for (const { status, body } of again) expect([status, body]).toEqual([200, first.body]);
    expect((await own.read('configmap/once')).metadata.resourceVersion).toBe(resourceVersion);
  });
});

describe('readers who stop reading', () => {
  it('hold nobody else up, and cost no memory', async () => {
    const stream = await api.follow(stalled.id);
    await stream.result();
    expect(stream.output).toHaveLength(MUCH);
    expect(memoryOf(server.pid) - stalled.memory).toBeLessThan((READERS * MUCH) / 1_000_000 / 2);
  });

  it('are dropped, and go on where they were', async () => {
    const { id, sockets } = stalled;
    await expect.poll(readersHeld, { timeout: 30_000, interval: 500 }).toEqual([]);
    let text = '';
    const [socket] = sockets;
    socket!.setEncoding('latin1').on('data', (piece: string) => (text += piece));
    socket!.on('error', () => {}).resume();
    await once(socket!, 'close').catch(() => {});
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
    expect(ids.length).toBeGreaterThan(1);
    // The last one may not be there whole.
    const seen = ids.at(-2)!;
    const [rest, all] = [await api.follow(id, seen), await api.follow(id)];
    await Promise.all([rest.result(), all.result()]);
    const plain = ({ at: _, ...event }: StreamEvent) => event;
    expect(rest.events.map(plain)).toEqual(all.events.slice(seen).map(plain));
  });
});
