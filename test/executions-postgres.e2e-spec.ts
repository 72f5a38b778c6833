import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventReader } from './support/event-reader.js';
import { ExecutionsApi } from './support/executions.js';
import { provesExecutions } from './support/executions-core.js';
import { startServer, type RunningServer } from './support/server.js';
import { onThisMachine } from './support/use-executions.js';
import { useReplicas } from './support/use-replicas.js';

const EXEC = 'k8s_exec';
const GET = { resource_type: 'namespaces' };
const STEPS = 'for i in 1 2 3 4 5 6; do echo line $i; sleep 0.3; done';
/** Within this the others notice that a server is gone. */
const NOTICED_MS = 15_000;

const replicas = useReplicas();
const { a, b, targets, env } = replicas;

/** A third one, that says nothing any more from the beginning on. */
let stuck: { server: RunningServer; follower: EventReader; at: number };
beforeAll(async () => {
  const server = await startServer(env());
  const id = await new ExecutionsApi(server).start('wait_for_x_seconds', { seconds: 120 });
  const follower = await b.api.follow(id);
  process.kill(server.pid, 'SIGSTOP');
  stuck = { server, follower, at: performance.now() };
});
afterAll(() => stuck.server.stop('SIGKILL'));

describe('executions, with PostgreSQL', () => {
  provesExecutions(a);
});

describe('two servers on one database', () => {
  it('work as one: started on the one, followed on the other as it comes', async () => {
    const id = await a.api.start(EXEC, onThisMachine(STEPS));
    const stream = await b.api.follow(id);
    const { data } = await stream.result();
    expect(data).toMatchObject({ id, status: 'succeeded' });
    expect(stream.output).toMatch(/^line 1\n.*line 6\n$/s);
    const outputs = stream.of('output');
    expect(outputs.at(-1)!.at - outputs[0]!.at).toBeGreaterThan(800);
  });

  it('show what there is so far on the other one', async () => {
    const id = await a.api.start(EXEC, onThisMachine(`${STEPS}; sleep 30`));
    await expect.poll(async () => (await b.api.get(id)).body.result).toContain('line 2');
    const status = await b.server.textOverMcp('execution_status', { execution_id: id });
    expect(status).toMatch(/running for[^]*Output so far:\nline 1\nline 2/);
    expect((await b.api.cancel(id)).status).toBe(200);
  });

  it('cancel each other’s, and the connection of the work is gone', async () => {
    const id = await a.api.start(EXEC, onThisMachine('echo begun; sleep 60'));
    await expect.poll(() => targets.local.open).toBe(1);
    const { status, body } = await b.api.cancel(id);
    expect([status, body.status]).toEqual([200, 'cancelled']);
    await expect.poll(() => targets.local.open).toBe(0);
  });

  it('run one call for one idempotency key', async () => {
    const key = { 'idempotency-key': `shared-${performance.now()}` };
    const before = targets.local.commands.length;
    const args = onThisMachine('sleep 0.5; echo $$');
    const [one, other] = await Promise.all([
      a.api.run(EXEC, args, key),
      b.api.run(EXEC, args, key),
    ]);
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(other.body).toEqual(one.body);
    expect(targets.local.commands).toHaveLength(before + 1);
    expect((await b.api.run(EXEC, onThisMachine('true'), key)).status).toBe(409);
  });

  it('tell at once when one of them was killed', async () => {
    const doomed = await startServer(env());
    const api = new ExecutionsApi(doomed);
    const id = await api.start(EXEC, onThisMachine('echo begun; sleep 60'));
    const follower = await b.api.follow(id);
    await follower.reach('output');
    const killedAt = performance.now();
    await doomed.stop('SIGKILL');
    const { data } = await follower.result();
    expect(performance.now() - killedAt).toBeLessThan(NOTICED_MS);
    expect(data).toMatchObject({ id, status: 'interrupted', error: { code: 'unavailable' } });
    expect((await a.api.get(id)).body).toMatchObject({ status: 'interrupted' });
    expect((await a.api.cancel(id)).status).toBe(409);
  });

  it('tell, too, when one of them said nothing any more', async () => {
    const { data, at } = await stuck.follower.result();
    expect(at - stuck.at).toBeLessThan(NOTICED_MS);
    expect(data).toMatchObject({ tool: 'wait_for_x_seconds', status: 'interrupted' });
  });

  it('find out when they come back, and change no end', async () => {
    const { id } = (await stuck.follower.result()).data;
    process.kill(stuck.server.pid, 'SIGCONT');
    const back = new ExecutionsApi(stuck.server);
    await expect.poll(async () => (await back.get(String(id))).body.status).toBe('interrupted');
    expect((await b.api.get(String(id))).body.status).toBe('interrupted');
    expect((await back.run(EXEC, onThisMachine('echo again'))).status).toBe(200);
  });
});

describe('while the database is away', () => {
  it('reads go on, writes are not begun, and all goes on by itself when it is back', async () => {
    const running = await a.api.start(EXEC, onThisMachine('echo one; sleep 4; echo two'));
    const follower = await a.api.follow(running);
    await follower.reach('output');
    const elsewhere = await b.api.follow(running);
    await elsewhere.reach('output');
    const waiting = await b.api.stream('execution_wait', { execution_id: running });
    await replicas.postgres.pause();
    const before = targets.local.commands.length;
    const read = await a.api.run('k8s_get', GET);
    expect([read.status, read.body['result']]).toEqual([200, expect.stringContaining('shop')]);
    const write = await a.api.run(EXEC, onThisMachine('echo never'));
    expect([write.status, write.body['code'], write.body['retryable']]).toEqual([
      503,
      'unavailable',
      true,
    ]);
    const later = await a.api.run('k8s_get', GET, { prefer: 'respond-async' });
    expect([later.status, later.body['code']]).toEqual([503, 'unavailable']);
    for (const answer of [a.api.list(), a.api.get(randomUUID())]) {
      expect((await answer).status).toBe(503);
    }
    expect(targets.local.commands).toHaveLength(before);
    await replicas.postgres.resume();
    for (const followed of [follower, elsewhere]) {
      const { data } = await followed.result();
      expect(data).toMatchObject({ id: running, status: 'succeeded', result: 'one\ntwo' });
      expect(followed.output).toBe('one\ntwo\n');
    }
    const { data: waited } = await waiting.result();
    expect(waited).toMatchObject({ status: 'succeeded', result: expect.stringContaining('two') });
    const told = waiting.of('progress').map(({ data }) => data['message']);
    expect(told).toEqual([expect.stringContaining('does not answer. The wait goes on.')]);
    await expect
      .poll(async () => (await b.api.get(String(read.body['execution_id']))).body.status)
      .toBe('succeeded');
    expect((await a.api.run(EXEC, onThisMachine('echo again'))).status).toBe(200);
    const id = await a.api.start(EXEC, onThisMachine(STEPS));
    const live = await b.api.follow(id);
    expect((await live.result()).data).toMatchObject({ status: 'succeeded' });
  });
});

describe('while connections to the database break', () => {
  it('each call is answered, and all goes on by itself afterwards', async () => {
    const answered = Array.from({ length: 8 }, async () => {
      const statuses: number[] = [];
      for (let count = 0; count < 25; count++) {
        statuses.push((await a.api.run(EXEC, onThisMachine('echo one'))).status);
      }
      return statuses;
    });
    const over = new AbortController();
    const calls = Promise.all(answered).finally(() => over.abort());
    while (!over.signal.aborted) await replicas.postgres.breakConnections();
    const statuses = (await calls).flat();
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await expect
      .poll(async () => {
        const { status, text } = await a.api.run(EXEC, onThisMachine('echo two'));
        return status === 200 ? '' : text;
      })
      .toBe('');
  });
});
