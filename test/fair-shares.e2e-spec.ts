import { statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { initialize, McpSession } from './support/mcp-session.js';
import {
  executionsFile,
  onThisMachine,
  useExecutions,
  useTargets,
} from './support/use-executions.js';

const EXEC = 'k8s_exec';
const WAIT = 'wait_for_x_seconds';
const OTHER = '127.0.0.2';
const MB = 1024 * 1024;

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

const statusOf = ({ status }: { status: number }) => status;

const targets = useTargets();

describe('waits', () => {
  const { api, server } = useExecutions({ targets });

  it('hold no place of others, and none of their own caller', { timeout: 120_000 }, async () => {
    const waits = await Promise.all(times(400).map(() => api.start(WAIT, { seconds: 300 })));
    const asked = await api.startFrom(OTHER, EXEC, onThisMachine('echo mine'));
    expect(await api.finished(asked)).toMatchObject({ status: 'succeeded' });
    expect((await api.run('k8s_get', { resource_type: 'nodes' })).status).toBe(200);
    // They are bounded too, by caller.
    const more = await Promise.all(times(120).map(() => api.run(WAIT, { seconds: 300 }, LATER)));
    const refused = more.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(20);
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]!.body['code']).toBe('busy');
    const execution_id = waits[0];
    expect((await api.run('execution_wait', { execution_id, timeout_seconds: 1 })).status).toBe(
      429,
    );
    expect(await server.textOf('execution_status', { execution_id })).toContain('running');
    expect(await server.textOf('execution_cancel', { execution_id })).toContain('cancelled');
    const other = await api.startFrom(OTHER, WAIT, { seconds: 0 });
    expect(await api.finished(other)).toMatchObject({ status: 'succeeded' });
  });
});

const LATER = { prefer: 'respond-async' };

describe('places', () => {
  // Of the five of each caller, one is for other clusters.
  const env = () => ({ MAX_RUNNING: '10', MAX_RUNNING_BY_CATEGORY: 'helm=2' });
  const { api } = useExecutions({ targets, env });

  it('are left for others, however many one caller asks for', async () => {
    const ids = await Promise.all(
      times(30).map(() => api.start(EXEC, onThisMachine('sleep 60', { timeout_seconds: 30 }))),
    );
    const states = async () =>
      (await Promise.all(ids.map((id) => api.get(id)))).map(({ body }) => body.status);
    await expect
      .poll(async () => (await states()).filter((state) => state === 'running').length)
      .toBe(4);
    const asked = await api.startFrom(OTHER, EXEC, onThisMachine('echo mine'));
    expect(await api.finished(asked)).toMatchObject({ status: 'succeeded' });
    expect((await states()).filter((state) => state === 'queued')).toHaveLength(26);
    await Promise.all(ids.map((id) => api.cancel(id)));
  });
});

describe('sessions', () => {
  const { server } = useExecutions({ targets, env: () => ({ MCP_SOFT_LIMIT_SECONDS: '0' }) });
  const ping = { jsonrpc: '2.0', id: 9, method: 'ping' };

  it('are as many as callers like, and end nobody else', { timeout: 120_000 }, async () => {
    const stranger = await openFrom(OTHER, server.url);
    const first = await McpSession.open(server.url);
    const client = new McpSession(server.url);
    for (const _ of times(26)) {
      const answers = await Promise.all(times(40).map(() => client.post(initialize())));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
    expect(await first.post(ping)).toMatchObject({ status: 200 });
    expect(await stranger.ping()).toBe(200);
    const streams = await Promise.all(times(20).map(() => fetch(`${server.url}/sse`)));
    expect(streams.map(({ status }) => status)).toEqual(times(20).map(() => 200));
    expect(await stranger.ping()).toBe(200);
    for (const { body } of streams) await body?.cancel();
  });
});

describe('open requests', () => {
  const { api, server } = useExecutions({ targets, env: () => ({ MAX_REQUESTS: '12' }) });

  it('are left for others, streams among them', async () => {
    const id = await api.start(WAIT, { seconds: 60 });
    const streams = await Promise.all(
      times(10).map(() => fetch(`${server.url}/engine/v1/executions/${id}/events`)),
    );
    const open = streams.filter(({ status }) => status === 200);
    const refused = streams.filter(({ status }) => status === 429);
    expect(open.length + refused.length).toBe(10);
    expect(open.length).toBeLessThanOrEqual(6);
    expect(refused[0]!.headers.get('retry-after')).toBe('2');
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const asked = await api.startFrom(OTHER, WAIT, { seconds: 0 });
    for (const { body } of open) await body?.cancel();
    await expect.poll(async () => (await api.get(asked)).body?.status).toBe('succeeded');
    await api.cancel(id);
  });
});

describe('stored bytes', () => {
  const file = executionsFile();
  const env = () => ({ EXECUTIONS_FILE: file, EXECUTIONS_MAX_MB: '8', MAX_RUNNING: '40' });
  const { api } = useExecutions({ targets, env });
  const large = onThisMachine('head -c 1000000 /dev/zero | tr "\\\\000" x', {
    timeout_seconds: 60,
  });

  it('are bounded when they are written, and by caller', { timeout: 180_000 }, async () => {
    const mine = await api.startFrom(OTHER, EXEC, large);
    await api.finished(mine);
    const ids: string[] = [];
    for (const _ of times(4)) {
      const some = await Promise.all(times(10).map(() => api.start(EXEC, large)));
      // Some are forgotten as soon as others follow.
      await expect
        .poll(async () => (await Promise.all(some.map((id) => api.get(id)))).map(statusOf), {
          timeout: 30_000,
        })
        .not.toContain(202);
      ids.push(...some);
    }
    expect(statSync(file).size).toBeLessThan(16 * MB);
    const there = await Promise.all(ids.map((id) => api.output(id, { limit: '1' })));
    const chars = there.reduce(
      (sum, { headers }) => sum + Number(headers.get('x-total-chars') ?? 0),
      0,
    );
    expect(chars).toBeLessThan(8 * MB);
    expect(there.map(statusOf)).toContain(200);
    expect((await api.output(mine)).text).toHaveLength(1_000_000);
  });

  it('have no room for an output that is larger than all of them, which says so', async () => {
    const id = await api.start(
      EXEC,
      onThisMachine('head -c 4900000 /dev/zero | tr "\\\\000" x', { timeout_seconds: 60 }),
    );
    await expect.poll(async () => statusOf(await api.get(id)), { timeout: 30_000 }).toBe(200);
    expect((await api.get(id)).body).toMatchObject({
      status: 'succeeded',
      result: expect.stringContaining('EXECUTIONS_MAX_MB'),
    });
  });
});

/** Opens a session from another address of this machine. */
async function openFrom(localAddress: string, url: string) {
  const agent = new Agent({ keepAlive: true });
  const headers: Record<string, string> = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
  };
  const post = (message: unknown) =>
    new Promise<{ status: number; id?: string }>((resolve, reject) => {
      request(`${url}/mcp`, { method: 'POST', agent, localAddress, headers }, (response) => {
        response.resume();
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            id: response.headers['mcp-session-id'] as string | undefined,
          }),
        );
      })
        .on('error', reject)
        .end(JSON.stringify(message));
    });
  const { id = '' } = await post(initialize());
  headers['mcp-session-id'] = id;
  return {
    ping: async () => (await post({ jsonrpc: '2.0', id: 9, method: 'ping' })).status,
  };
}
