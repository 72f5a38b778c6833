import { once } from 'node:events';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextCancelled } from './support/call-log.js';
import { initialize, McpSession } from './support/mcp-session.js';
import { startServer, type RunningServer } from './support/server.js';
import { executionsFile } from './support/use-executions.js';
import { useReplicas } from './support/use-replicas.js';

const WAIT = 'wait_for_x_seconds';
const PING = { jsonrpc: '2.0', id: 9, method: 'ping' };
const LIST = { jsonrpc: '2.0', id: 8, method: 'tools/list' };

const cancelOf = (requestId: number) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
});

/** The same session, as its client asks another server. */
function at(url: string, session: McpSession): McpSession {
  const other = new McpSession(url);
  Object.assign(other.headers, session.headers);
  return other;
}

describe.each(['SIGTERM', 'SIGKILL'] as const)('a server that starts again after %s', (signal) => {
  const env = { EXECUTIONS_FILE: '', PORT: '' };
  let server: RunningServer;

  beforeAll(async () => {
    env.EXECUTIONS_FILE = executionsFile();
    server = await startServer({ EXECUTIONS_FILE: env.EXECUTIONS_FILE });
    env.PORT = new URL(server.url).port;
  });

  afterAll(() => server.stop());

  const restart = async () => {
    await server.stop(signal);
    server = await startServer(env);
  };

  it('goes on with the session of a client that knows nothing of it', async () => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`)));
    const { tools } = await client.listTools();
    await restart();
    expect((await client.listTools()).tools).toEqual(tools);
    const progress: number[] = [];
    const result = await client.callTool({ name: WAIT, arguments: { seconds: 2 } }, undefined, {
      onprogress: (step) => progress.push(step.progress),
    });
    expect(result).toMatchObject({ isError: false, content: [{ text: 'Waited for 2 seconds.' }] });
    expect(progress).not.toEqual([]);
    await client.close();
  });

  it('keeps the protocol version, the narrowing and the log level of each session', async () => {
    const plain = await McpSession.open(server.url, '2025-11-25');
    const narrow = await openNarrow(server.url, '2025-11-25');
    const level = { method: 'logging/setLevel', params: { level: 'info' } };
    await plain.post({ jsonrpc: '2.0', id: 1, ...level });
    await restart();
    expect(namesIn(await narrow.post(LIST)).toSorted()).toEqual(['k8s_get', 'k8s_logs']);
    expect(await narrow.call(WAIT, { seconds: 0 })).toMatchObject({
      body: { result: { isError: true, _meta: { 'skyflo/code': 'forbidden' } } },
    });
    const asTask = { name: WAIT, arguments: { seconds: 0 }, task: {} };
    const task = await plain.post({ ...LIST, method: 'tools/call', params: asTask });
    expect(task.body).toMatchObject({ result: { task: { taskId: expect.any(String) as string } } });
    const logs = { pod_name: 'app=web', namespace: 'shop', follow: true, timeout_seconds: 2 };
    const { text } = await plain.call('k8s_logs', logs);
    expect(text).toContain('"method":"notifications/message"');
  });

  it('goes on with a stream, and still knows what had ended', async () => {
    const [going, ended] = await Promise.all([1, 2].map(() => McpSession.open(server.url)));
    expect(await ended!.send('DELETE')).toMatchObject({ status: 200 });
    await restart();
    for (const method of ['GET', 'POST', 'DELETE']) {
      const body = method === 'POST' ? JSON.stringify(PING) : undefined;
      expect(await ended!.send(method, body)).toMatchObject({ status: 404 });
    }
    const stream = await going!.listen();
    expect(stream.statusCode).toBe(200);
    const over = once(stream, 'end');
    expect(await going!.send('DELETE')).toMatchObject({ status: 200 });
    await over;
  });
});

describe('a session of two replicas', () => {
  const { a, b } = useReplicas();

  it('goes on at either', async () => {
    const session = await McpSession.open(a.server.url);
    const elsewhere = at(b.server.url, session);
    expect(await elsewhere.post(PING)).toMatchObject({ status: 200 });
    expect(namesIn(await elsewhere.post(LIST))).toContain('k8s_get');
    expect(await elsewhere.call(WAIT, { seconds: 0 })).toMatchObject({ status: 200 });
    expect(await session.call(WAIT, { seconds: 0 })).toMatchObject({ status: 200 });
  });

  it('cancels at one what runs at the other, a single call and one of a batch', async () => {
    const session = await McpSession.open(a.server.url);
    const call = { jsonrpc: '2.0', id: 70, method: 'tools/call' };
    const params = { name: WAIT, arguments: { seconds: 60 } };
    const batched = session.post([{ ...call, params }]);
    const { answer } = await session.begin(WAIT, { seconds: 60 });
    const elsewhere = at(b.server.url, session);
    const cancelled = nextCancelled(a.server.log);
    for (const id of [1, 70]) expect((await elsewhere.post(cancelOf(id))).status).toBe(202);
    await cancelled();
    expect((await answer).body).toMatchObject({ id: 1, error: { message: 'Request cancelled' } });
    expect((await batched).body).toMatchObject({ error: { message: 'Request cancelled' } });
  });

  it("cancels nothing of another session by the other's number", async () => {
    const [session, other] = [
      await McpSession.open(a.server.url),
      await McpSession.open(a.server.url),
    ];
    const { answer } = await session.begin(WAIT, { seconds: 3 });
    expect((await at(b.server.url, other).post(cancelOf(1))).status).toBe(202);
    expect((await answer).body).toMatchObject({ id: 1, result: { isError: false } });
  });

  it('ends at both, with what runs', async () => {
    const session = await McpSession.open(a.server.url);
    const stream = await session.listen();
    const over = once(stream, 'end');
    const { answer } = await session.begin(WAIT, { seconds: 60 });
    const elsewhere = at(b.server.url, session);
    expect(await elsewhere.post(PING)).toMatchObject({ status: 200 });
    expect(await elsewhere.send('DELETE')).toMatchObject({ status: 200 });
    await Promise.all([over, answer]);
    for (const one of [session, elsewhere]) {
      await expect.poll(async () => (await one.post(PING)).status).toBe(404);
    }
  });

  it('finds its tasks at either', async () => {
    const session = await McpSession.open(a.server.url, '2025-11-25');
    const params = { name: WAIT, arguments: { seconds: 1 }, task: {} };
    const begun = await session.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    const { taskId } = (begun.body as { result: { task: { taskId: string } } }).result.task;
    const result = { jsonrpc: '2.0', id: 2, method: 'tasks/result', params: { taskId } };
    expect((await at(b.server.url, session).post(result)).body).toMatchObject({
      result: { isError: false, content: [{ text: 'Waited for 1 second.' }] },
    });
  });
});

describe('an id', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer({ MCP_SESSION_MAX_AGE_SECONDS: '2' });
  });

  afterAll(() => server.stop());

  it('is no longer known once it is too old', async () => {
    const session = await McpSession.open(server.url);
    expect(await session.post(PING)).toMatchObject({ status: 200 });
    await expect.poll(async () => (await session.post(PING)).status).toBe(404);
  });

  it('of another server, a changed and an invented one are unknown', async () => {
    const stranger = await startServer({ EXECUTIONS_FILE: executionsFile() });
    const foreign = await McpSession.open(stranger.url);
    await stranger.stop();
    const own = await McpSession.open(server.url);
    const id = own.headers['mcp-session-id']!;
    const [text = '', signature = ''] = id.split('.');
    const facts = Buffer.from(text, 'base64url').toString().replace('2025-06-18', '2025-11-25');
    const forged = `${Buffer.from(facts).toString('base64url')}.${signature}`;
    for (const wrong of [foreign.headers['mcp-session-id']!, forged, text, 'x', `${id}x`]) {
      own.headers['mcp-session-id'] = wrong;
      expect([wrong, (await own.post(PING)).status]).toEqual([wrong, 404]);
      expect((await own.call(WAIT, { seconds: 0 })).status).toBe(404);
      expect((await own.send('GET')).status).toBe(404);
      expect((await own.send('DELETE')).status).toBe(404);
    }
  });
});

/** A session that sees two tools. */
async function openNarrow(url: string, version: string): Promise<McpSession> {
  const session = new McpSession(url);
  session.headers['skyflo-tools'] = 'k8s_get,k8s_logs';
  const { headers } = await session.post(initialize(version));
  session.headers['mcp-session-id'] = headers.get('mcp-session-id') ?? '';
  delete session.headers['skyflo-tools'];
  return session;
}

function namesIn({ body }: { body: unknown }): string[] {
  return (body as { result: { tools: { name: string }[] } }).result.tools.map(({ name }) => name);
}
