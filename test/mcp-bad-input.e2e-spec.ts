import { describe, expect, it } from 'vitest';
import { asModern, initialize, McpSession } from './support/mcp-session.js';
import { openSse, send } from './support/raw-http.js';
import { useServer } from './support/use-server.js';

const WAIT = 'wait_for_x_seconds';

const ODD_MESSAGES: unknown[] = [
  null,
  7,
  'text',
  [],
  {},
  [{}],
  { jsonrpc: '1.0', id: 1, method: 'ping' },
  { jsonrpc: '2.0', id: {}, method: 'ping' },
  { jsonrpc: '2.0', id: 1 },
  { jsonrpc: '2.0', id: 1, method: 'nothing/such' },
  { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} },
  { jsonrpc: '2.0', id: 1, method: 'ping', params: { _meta: 5 } },
  { jsonrpc: '2.0', id: 1, method: 'tools/call' },
  { jsonrpc: '2.0', id: 1, method: 'tools/call', params: [] },
  { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 5 } },
  { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: '__proto__' } },
  { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'k8s_get', arguments: 'x' } },
  { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'k8s_get', arguments: [] } },
  {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: WAIT, arguments: { seconds: 0 }, task: {} },
  },
  { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { cursor: 'none' } },
  { jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: { level: 9 } },
  { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: 'k8s://none' } },
  { jsonrpc: '2.0', id: 1, method: 'prompts/get', params: { name: 'none' } },
  { jsonrpc: '2.0', id: 1, method: 'completion/complete', params: {} },
  { jsonrpc: '2.0', id: 1, method: 'tasks/get', params: { taskId: 'none' } },
  { jsonrpc: '2.0', method: 'notifications/cancelled', params: {} },
  { jsonrpc: '2.0', id: 99, result: {} },
];

const server = useServer();

describe('what is not MCP', () => {
  it.each(['/mcp', '/messages?sessionId=none'])('broken JSON at %s', async (path) => {
    const { status, body } = await send(`${server.url}${path}`, '{"jsonrpc":');
    expect([400, 404]).toContain(status);
    if (path === '/mcp') expect(body).toMatchObject({ error: { code: -32700 } });
  });

  it('broken JSON in a session of each transport', async () => {
    const session = await McpSession.open(server.url);
    expect(await session.send('POST', '{"jsonrpc":')).toMatchObject({
      status: 400,
      body: { error: { code: -32700 } },
    });
    const sse = await openSse(server.url);
    expect(await send(sse.postUrl, '{"jsonrpc":')).toMatchObject({
      status: 400,
      body: { error: { code: -32700 } },
    });
    expect(await send(sse.postUrl, '')).toMatchObject({ status: 400 });
    sse.close();
  });

  it('another content type, or a client that takes no event streams', async () => {
    const message = JSON.stringify(initialize());
    expect(
      await send(`${server.url}/mcp`, message, { 'content-type': 'text/plain' }),
    ).toMatchObject({
      status: 415,
    });
    expect(await send(`${server.url}/mcp`, message, { accept: 'application/json' })).toMatchObject({
      status: 406,
    });
    expect(await send(`${server.url}/mcp`, '', {}, 'PUT')).toMatchObject({ status: 405 });
  });

  it('never becomes an internal error', async () => {
    const session = await McpSession.open(server.url);
    const sse = await openSse(server.url);
    for (const message of ODD_MESSAGES) {
      const answers = [
        await session.post(message),
        await send(sse.postUrl, JSON.stringify(message)),
        await new McpSession(server.url).post(message),
        await send(`${server.url}/mcp`, JSON.stringify(asModern(message)), {
          'mcp-protocol-version': '2026-07-28',
        }),
      ];
      for (const { status, text } of answers) {
        expect(status, JSON.stringify(message)).toBeLessThan(500);
        expect(text, JSON.stringify(message)).not.toContain('-32603');
      }
    }
    expect(await session.call(WAIT, { seconds: 0 })).toMatchObject({ status: 200 });
    expect(sse.text()).toContain('-32602');
    expect(sse.text()).not.toContain('-32603');
    sse.close();
  });

  it.each(['/mcp', '/sse', '/messages'])('a foreign Host or Origin at %s', async (path) => {
    const method = path === '/sse' ? 'GET' : 'POST';
    expect(await send(`${server.url}${path}`, '', { host: 'evil.example' }, method)).toMatchObject({
      status: 403,
    });
    expect(
      await send(`${server.url}${path}`, '', { origin: 'http://evil.example' }, method),
    ).toMatchObject({
      status: 403,
    });
  });
});
