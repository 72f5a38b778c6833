import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialize, McpSession, type McpAnswer } from './support/mcp-session.js';
import { startServer, type RunningServer } from './support/server.js';

const PING = { jsonrpc: '2.0', id: 9, method: 'ping' };

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

describe('the requests that the Engine makes for one call', () => {
  it('are answered as it expects', async () => {
    const { opened, initialized, stream, called, listed, ended } = await callAsTheEngine();

    expect(opened.status).toBe(200);
    expect(opened.headers.get('mcp-session-id')).toMatch(/^[\w.-]+$/);
    expect(opened.body).toMatchObject({
      id: 0,
      result: { protocolVersion: '2025-06-18', serverInfo: { name: 'Skyflo MCP Server' } },
    });
    expect(initialized).toMatchObject({ status: 202, text: '' });
    expect(stream.statusCode).toBe(200);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    expect(called.headers.get('content-type')).toBe('text/event-stream');
    expect(called.body).toMatchObject({
      id: 1,
      result: { isError: false, content: [{ type: 'text', text: 'Waited for 1 second.' }] },
    });
    expect(called.text).toContain('"method":"notifications/progress","params":{"progressToken":1');
    const { tools } = (listed.body as { result: { tools: Record<string, unknown>[] } }).result;
    expect(tools.map(({ name }) => name)).toContain('k8s_get');
    expect(tools.filter((tool) => 'outputSchema' in tool)).toEqual([]);
    expect(ended).toMatchObject({ status: 200, text: '' });
  });

  it('leave nothing behind', async () => {
    const bystander = await McpSession.open(server.url);
    for (let round = 0; round < 3; round++) {
      const { session, streamEnded } = await callAsTheEngine(0);
      await streamEnded;
      expect(await session.post(PING)).toMatchObject({ status: 404 });
      expect(await session.send('DELETE')).toMatchObject({ status: 404 });
    }
    expect(await bystander.post(PING)).toMatchObject({ status: 200 });
  });
});

/**
 * Six requests, each with the headers that the Engine's client library sends; the DELETE says JSON
 * and has no body.
 */
async function callAsTheEngine(seconds = 1) {
  const session = new McpSession(server.url);
  const opened: McpAnswer = await session.post(initialize('2025-06-18'));
  session.headers['mcp-session-id'] = opened.headers.get('mcp-session-id') ?? '';
  session.headers['mcp-protocol-version'] = '2025-06-18';
  const initialized = await session.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
  const stream = await session.listen();
  const streamEnded = once(stream, 'end');
  const called = await session.call('wait_for_x_seconds', { seconds });
  const listed = await session.post({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  const ended = await session.send('DELETE');
  return { session, opened, initialized, stream, streamEnded, called, listed, ended };
}
