import { describe, expect, it } from 'vitest';
import { ExecutionsApi } from './support/executions.js';
import { hasOtherHosts, ON_ANOTHER_HOST } from './support/other-host.js';
import { startServer } from './support/server.js';
import { onThisMachine } from './support/use-executions.js';
import { useReplicas } from './support/use-replicas.js';

const EXEC = 'k8s_exec';
const LONG = onThisMachine('echo begun; sleep 60', { timeout_seconds: 60 });
/** Within this the others notice that a server is gone. */
const NOTICED_MS = 15_000;
/** One whose process they can look for is noticed long before this. */
const SILENCE_MS = 5_000;

const { a, b, targets, env } = useReplicas();

/** Starts one more server on the database. */
const join = async (more: Record<string, string> = {}, via?: readonly string[]) => {
  const server = await startServer({ ...env(), ...more }, via);
  return { server, api: new ExecutionsApi(server) };
};

describe('a server on another host', () => {
  it.skipIf(!hasOtherHosts())(
    'that was killed is missed by the others, and its write is not run again',
    async () => {
      const there = await join({}, ON_ANOTHER_HOST);
      const key = { 'idempotency-key': 'there' };
      const id = await there.api.start(EXEC, LONG, key);
      const follower = await b.api.follow(id);
      await follower.reach('output');
      const before = targets.local.commands.length;
      const killedAt = performance.now();
      await there.server.stop('SIGKILL');
      const again = a.api.run(EXEC, LONG, key);
      const { data, at } = await follower.result();
      expect(at - killedAt).toBeLessThan(NOTICED_MS);
      expect(at - killedAt).toBeGreaterThan(SILENCE_MS);
      expect(data).toMatchObject({ id, status: 'interrupted', error: { code: 'unavailable' } });
      expect(await again).toMatchObject({
        status: 503,
        body: { execution_id: id, code: 'unavailable', retryable: false },
      });
      expect(targets.local.commands).toHaveLength(before);
    },
  );
});

describe('a server that was frozen', () => {
  it('changes no end that others have noted, adds what came of it, and begins nothing more', async () => {
    const { server, api } = await join({ MAX_RUNNING: '1', CALLER_SHARE_PERCENT: '100' });
    const running = await api.start(EXEC, onThisMachine('echo begun; sleep 2; echo done'));
    const follower = await b.api.follow(running);
    await follower.reach('output');
    const queued = await api.start(EXEC, onThisMachine('echo never'));
    const before = targets.local.commands.length;
    process.kill(server.pid, 'SIGSTOP');
    expect((await follower.result()).data).toMatchObject({ status: 'interrupted' });
    expect(await b.api.finished(queued)).toMatchObject({ status: 'interrupted' });
    process.kill(server.pid, 'SIGCONT');
    const detailOf = async (id: string) => {
      const { status, error } = (await b.api.get(id)).body;
      expect(status).toBe('interrupted');
      return error?.detail;
    };
    await expect
      .poll(() => detailOf(running))
      .toMatch(/only silent. It said later that this ended as (succeeded|cancelled) at 20/);
    await expect.poll(() => detailOf(queued)).toContain('ended as cancelled at');
    expect(targets.local.commands).toHaveLength(before);
    expect((await b.api.get(running)).body.result).toContain('begun');
    expect((await api.run(EXEC, onThisMachine('echo again'))).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });
});

describe('a server that is told to stop', () => {
  it('records on the way out what it cancels, and those who follow elsewhere see it at once', async () => {
    const leaving = await join({ SHUTDOWN_GRACE_SECONDS: '1' });
    const id = await leaving.api.start(EXEC, LONG);
    const follower = await b.api.follow(id);
    await follower.reach('output');
    const stoppedAt = performance.now();
    expect(await leaving.server.stop('SIGTERM')).toBe(0);
    const { data, at } = await follower.result();
    expect(at - stoppedAt).toBeLessThan(SILENCE_MS);
    expect(data).toMatchObject({ id, status: 'cancelled', error: { code: 'unavailable' } });
    expect(follower.output).toBe('begun\n');
    expect((await a.api.get(id)).body).toMatchObject({ status: 'cancelled', result: 'begun\n' });
    await expect.poll(() => targets.local.open).toBe(0);
  });
});

describe('an execution', () => {
  it('that several cancel at once, on each server, ends once', async () => {
    const id = await a.api.start(EXEC, LONG);
    const follower = await b.api.follow(id);
    await follower.reach('output');
    const answers = await Promise.all([a, b, a, b].map(({ api }) => api.cancel(id)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
    expect((await follower.result()).data).toMatchObject({ id, status: 'cancelled' });
    expect(follower.of('result')).toHaveLength(1);
    await expect.poll(() => targets.local.open).toBe(0);
  });

  it('that waits for its turn on one server is cancelled by another, and never begins', async () => {
    const { server, api } = await join({ MAX_RUNNING: '1' });
    const running = await api.start(EXEC, LONG);
    await expect.poll(() => targets.local.open).toBe(1);
    const before = targets.local.commands.length;
    const waiting = await api.start(EXEC, onThisMachine('echo never'));
    const follower = await b.api.follow(waiting);
    expect((await a.api.get(waiting)).body.status).toBe('queued');
    const { status, body } = await b.api.cancel(waiting);
    expect([status, body.status]).toEqual([200, 'cancelled']);
    expect((await follower.result()).data).toMatchObject({ id: waiting, status: 'cancelled' });
    expect((await b.api.cancel(running)).body.status).toBe('cancelled');
    expect(await server.stop()).toBe(0);
    expect(targets.local.commands).toHaveLength(before);
  });

  it('has the same events for all who follow it, whenever they came and on whichever server', async () => {
    const id = await a.api.start(
      EXEC,
      onThisMachine('for i in 1 2 3 4; do echo $i; sleep 0.3; done'),
    );
    const early = await Promise.all([a, b, a, b].map(({ api }) => api.follow(id)));
    await early[0]!.reach('output', 2);
    const late = await Promise.all([a, b].map(({ api }) => api.follow(id, 1)));
    const [first, ...others] = [...early, ...late];
    const seen = ({ events }: typeof first & object) => events.map(({ at: _, ...event }) => event);
    expect((await first!.result()).data).toMatchObject({
      status: 'succeeded',
      result: '1\n2\n3\n4',
    });
    for (const other of others) {
      await other.result();
      const from = late.includes(other) ? 1 : 0;
      expect(seen(other)).toEqual(seen(first!).slice(from));
    }
  });
});

describe('what the servers remember', () => {
  it('is made small enough by one that may keep less: the oldest are forgotten', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      const { body } = await a.api.run(EXEC, onThisMachine('yes 0123456789 | head -c 200000'));
      ids.push(String(body['execution_id']));
    }
    const [oldest, newest] = [ids[0]!, ids.at(-1)!];
    const { server } = await join({ EXECUTIONS_MAX_MB: '1' });
    await expect.poll(async () => (await b.api.get(oldest)).status).toBe(404);
    expect((await b.api.get(newest)).body).toMatchObject({ id: newest, status: 'succeeded' });
    expect((await a.api.output(newest, { limit: '300000' })).text).toHaveLength(200_000);
    await server.stop();
  });
});
