import { describe, expect, it } from 'vitest';
import { CLIENTS } from './support/mcp-clients.js';
import { ExecutionsApi } from './support/executions.js';
import { startServer } from './support/server.js';
import { executionsFile, onThisMachine, useTargets } from './support/use-executions.js';

const EXEC = 'k8s_exec';
const LONG = onThisMachine('echo begun; sleep 60', { timeout_seconds: 60 });

const targets = useTargets();
const start = async (EXECUTIONS_FILE: string, more: Record<string, string> = {}) => {
  const server = await startServer({ ...targets.env, EXECUTIONS_FILE, ...more });
  return { server, api: new ExecutionsApi(server) };
};
type Server = Awaited<ReturnType<typeof start>>;
const begun = async (api: ExecutionsApi, id: string) => {
  await expect.poll(async () => (await api.get(id)).body.result).toContain('begun');
};

describe('a server that is told to stop', () => {
  it('takes no more calls, lets the short ones end, ends the rest, and says so to everybody', async () => {
    const file = executionsFile();
    const { server, api } = await start(file, { SHUTDOWN_GRACE_SECONDS: '2' });
    const mcp = await CLIENTS['2025 over Streamable HTTP']!(server);
    const short = api.run(EXEC, onThisMachine('sleep 1; echo done'));
    const long = api.run(EXEC, LONG);
    const overMcp = mcp.call(EXEC, { ...LONG });
    const streamed = await api.stream(EXEC, LONG);
    const left = await api.start(EXEC, LONG);
    await begun(api, left);
    const follower = await api.follow(left);
    await expect.poll(() => targets.local.open).toBe(5);

    const stoppedAt = performance.now();
    const exit = server.stop('SIGTERM');
    const callCode = async () => (await api.run('wait_for_x_seconds', { seconds: 0 })).body['code'];
    await expect.poll(callCode).toBe('unavailable');
    expect((await api.get(left)).body.status).toBe('running');
    const ready = await fetch(`${server.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'stopping', contexts: {}, missing: [] },
    ]);

    expect(await short).toMatchObject({ status: 200, body: { result: 'done' } });
    expect(await long).toMatchObject({
      status: 503,
      body: { code: 'unavailable', retryable: false, output: expect.stringContaining('begun') },
    });
    expect(await overMcp).toMatchObject({ isError: true, _meta: { 'skyflo/code': 'unavailable' } });
    for (const stream of [streamed, follower]) {
      expect((await stream.result()).data).toMatchObject({
        status: 'cancelled',
        error: { code: 'unavailable' },
      });
    }
    expect(await exit).toBe(0);
    const seconds = (performance.now() - stoppedAt) / 1_000;
    expect(seconds).toBeGreaterThan(1.9);
    expect(seconds).toBeLessThan(6);
    await expect.poll(() => targets.local.open).toBe(0);
    await mcp.close();

    const next = await start(file);
    const { executions } = (await next.api.list({ tool: EXEC })).body;
    expect(executions.map(({ status }) => status).toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'cancelled'),
      'succeeded',
    ]);
    await next.server.stop();
  });
});

describe('a server whose terminal closes', () => {
  it('ends as one that is told to stop', async () => {
    const { server, api } = await start(executionsFile(), { SHUTDOWN_GRACE_SECONDS: '5' });
    const short = api.run(EXEC, onThisMachine('sleep 1; echo done'));
    await expect.poll(() => targets.local.open).toBe(1);
    const exit = server.stop('SIGHUP');
    expect(await short).toMatchObject({ status: 200, body: { result: 'done' } });
    expect(await exit).toBe(0);
  });
});

describe('a server that is interrupted twice', () => {
  it('ends at once', async () => {
    const { server, api } = await start(executionsFile(), { SHUTDOWN_GRACE_SECONDS: '30' });
    const id = await api.start(EXEC, LONG);
    await begun(api, id);
    const exit = server.stop('SIGINT');
    await expect
      .poll(async () => (await api.run('wait_for_x_seconds', { seconds: 0 })).body['code'])
      .toBe('unavailable');
    process.kill(server.pid, 'SIGINT');
    expect(await exit).toBe(130);
  });
});

describe('a server that was killed', () => {
  it('leaves what it ran as interrupted, and the next one does not run it again', async () => {
    const file = executionsFile();
    const first = await start(file, { MAX_RUNNING: '4', CALLER_SHARE_PERCENT: '100' });
    const key = { 'idempotency-key': 'once' };
    const ended = await first.api.start(EXEC, onThisMachine('echo done'));
    await first.api.finished(ended);
    const before = targets.local.commands.length;
    const keyed = await first.api.start(EXEC, LONG, key);
    const write = await first.api.start(EXEC, LONG);
    const read = await first.api.start('wait_for_x_seconds', { seconds: 60 });
    const queued = await first.api.start(EXEC, LONG);
    await begun(first.api, keyed);
    await begun(first.api, write);
    await first.server.stop('SIGKILL');

    const { server, api } = await start(file);
    for (const id of [keyed, write, read, queued]) {
      expect((await api.get(id)).body).toMatchObject({
        status: 'interrupted',
        error: { code: 'unavailable', retryable: false },
      });
    }
    expect((await api.get(ended)).body).toMatchObject({ status: 'succeeded', result: 'done' });
    for (const status of ['queued', 'running']) {
      expect((await api.list({ status })).body.executions).toEqual([]);
    }
    const again = await api.run(EXEC, LONG, key);
    expect([again.status, again.body['execution_id'], again.body['retryable']]).toEqual([
      503,
      keyed,
      false,
    ]);
    expect(targets.local.commands).toHaveLength(before + 2);
    expect((await api.finished(write)).status).toBe('interrupted');
    await server.stop();
  });
});

describe('servers on one SQLite file', () => {
  it('start at once, and look after each other’s executions', async () => {
    const file = executionsFile();
    const servers = await Promise.all(Array.from({ length: 4 }, () => start(file)));
    const [a, b, ...others] = servers as [Server, Server, ...Server[]];
    for (const { server } of others) expect(await server.stop()).toBe(0);
    const id = await a.api.start(EXEC, LONG);
    const follower = await b.api.follow(id);
    await follower.reach('output');
    expect((await b.api.cancel(id)).body.status).toBe('cancelled');
    expect((await follower.result()).data).toMatchObject({ id, status: 'cancelled' });
    await expect.poll(() => targets.local.open).toBe(0);

    const other = await a.api.start(EXEC, LONG);
    const cut = await b.api.follow(other);
    await cut.reach('output');
    expect(await b.server.stop()).toBe(0);
    expect(await cut.ended).toBe(true);
    expect(cut.events.at(-1)).toMatchObject({ event: 'closing', id: undefined });
    expect((await a.api.get(other)).body.status).toBe('running');
    await a.api.cancel(other);
    await a.server.stop();
  });
});
