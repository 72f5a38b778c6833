import { describe, expect, it } from 'vitest';
import { onThisMachine, useExecutions, useTargets } from './support/use-executions.js';

const EXEC = 'k8s_exec';
const sleep = (seconds: number, name = '') =>
  onThisMachine(`: ${name}; sleep ${seconds}`, { timeout_seconds: 30 });

const targets = useTargets();
const limits = (MAX_RUNNING: number, MAX_QUEUED_PER_CALLER: number, more = {}) => ({
  targets,
  env: () => ({
    MAX_RUNNING: String(MAX_RUNNING),
    MAX_QUEUED_PER_CALLER: String(MAX_QUEUED_PER_CALLER),
    CALLER_SHARE_PERCENT: '100',
    ...more,
  }),
});

describe('a server whose places are taken', () => {
  // One of the three is for other clusters.
  const { api, server } = useExecutions(limits(3, 3));

  it('lets callers take turns, refuses who has too many waiting, and goes on', async () => {
    const from = targets.local.commands.length;
    const [one, other] = [await api.start(EXEC, sleep(60)), await api.start(EXEC, sleep(60))];
    const queued = [];
    for (const name of ['a1', 'a2', 'a3']) queued.push(await api.start(EXEC, sleep(0.2, name)));
    queued.push(await api.startFrom('127.0.0.2', EXEC, sleep(0.2, 'b1')));
    for (const id of queued) expect((await api.get(id)).body.status).toBe('queued');
    const refused = await api.run(EXEC, sleep(0.2, 'a4'));
    expect([refused.status, refused.body['code'], refused.body['retryable']]).toEqual([
      429,
      'busy',
      true,
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // They follow each other in the one place that is given back.
    await api.cancel(one);
    for (const id of queued) expect((await api.finished(id)).status).toBe('succeeded');
    await api.cancel(other);
    const names = targets.local.commands.slice(from).map((words) => /: (\w*);/.exec(words[2]!)![1]);
    expect(names).toEqual(['', '', 'a1', 'b1', 'a2', 'a3']);
  });

  it('gives the place of who hangs up, or is cancelled, to others', async () => {
    const from = targets.local.commands.length;
    const running = [await api.start(EXEC, sleep(60)), await api.start(EXEC, sleep(60))];
    const count = async (status: string) => (await api.list({ status })).body.executions.length;
    const cancelledBefore = await count('cancelled');
    const abort = new AbortController();
    const url = `${server.url}/engine/v1/tools/k8s/${EXEC}/execute`;
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(sleep(0, 'gone'));
    const gone = fetch(url, { method: 'POST', headers, body, signal: abort.signal });
    const failed = gone.catch(() => 'gone');
    await expect.poll(() => count('queued')).toBe(1);
    const cancelled = await api.start(EXEC, sleep(0, 'cancelled'));
    const waiting = await api.start(EXEC, sleep(0, 'waiting'));
    expect((await api.run(EXEC, sleep(0))).status).toBe(429);
    abort.abort();
    expect(await failed).toBe('gone');
    expect((await api.cancel(cancelled)).body.status).toBe('cancelled');
    await expect.poll(() => count('cancelled')).toBe(cancelledBefore + 2);
    const others = [await api.start(EXEC, sleep(0)), await api.start(EXEC, sleep(0))];
    for (const id of running) expect((await api.cancel(id)).body.status).toBe('cancelled');
    for (const id of [waiting, ...others]) {
      expect((await api.finished(id)).status).toBe('succeeded');
    }
    const ran = targets.local.commands.slice(from).map(([, , script]) => script);
    expect(ran.join()).not.toMatch(/gone|cancelled/);
    await expect.poll(() => targets.local.open).toBe(0);
  });

  it('can still be asked about executions, and told to cancel them', async () => {
    const running = [await api.start(EXEC, sleep(60)), await api.start(EXEC, sleep(60))];
    for (const execution_id of running) {
      expect(await server.textOf('execution_status', { execution_id })).toContain('running');
      expect(await server.textOverMcp('execution_cancel', { execution_id })).toContain('cancelled');
    }
  });
});

describe('a server with a limit for one category', () => {
  const { api } = useExecutions(limits(100, 10, { MAX_RUNNING_BY_CATEGORY: 'k8s=1' }));

  it('runs no more of it at once', async () => {
    const first = await api.start(EXEC, sleep(60));
    const second = await api.start(EXEC, sleep(0));
    expect((await api.get(second)).body.status).toBe('queued');
    await api.cancel(first);
    const [one, two] = [await api.finished(first), await api.finished(second)];
    expect(Date.parse(two.started_at!)).toBeGreaterThanOrEqual(Date.parse(one.finished_at!) - 5);
  });
});

describe('200 slow calls', () => {
  const { api, server } = useExecutions({ targets });

  it('hold nobody else up', async () => {
    const ids = await Promise.all(
      Array.from({ length: 200 }, () => api.start('wait_for_x_seconds', { seconds: 60 })),
    );
    const times: number[] = [];
    for (let count = 0; count < 100; count++) {
      const askedAt = performance.now();
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
      times.push(performance.now() - askedAt);
    }
    // The bench looks at the slowest.
    expect(times.toSorted((x, y) => x - y)[50]).toBeLessThan(20);
    expect((await api.run('k8s_get', { resource_type: 'nodes' })).status).toBe(200);
    const ends = await Promise.all(ids.map((id) => api.cancel(id)));
    expect(new Set(ends.map(({ status, body }) => `${status} ${body.status}`))).toEqual(
      new Set(['200 cancelled']),
    );
  });
});
