import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextCancelled } from './support/call-log.js';
import { asModern, initialize, McpSession } from './support/mcp-session.js';
import { openSse, send } from './support/raw-http.js';
import { startServer, type RunningServer } from './support/server.js';

const WAIT = 'wait_for_x_seconds';
const ICON = {
  // Every client gets it, so it is small.
  src: expect.stringMatching(/^data:image\/svg\+xml;base64,[\w+/=]{100,800}$/) as string,
  mimeType: 'image/svg+xml',
  sizes: ['any'],
};

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

describe('versions', () => {
  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'speaks %s',
    async (version) => {
      const { body } = await new McpSession(server.url).post(initialize(version));
      expect(body).toMatchObject({ result: { protocolVersion: version } });
    },
  );

  it('answers an unknown version with the newest that has sessions', async () => {
    const { body } = await new McpSession(server.url).post(initialize('2099-01-01'));
    expect(body).toMatchObject({
      result: {
        protocolVersion: '2025-11-25',
        serverInfo: {
          name: 'Skyflo MCP Server',
          version: expect.stringMatching(/^\d+\./) as string,
          title: 'Skyflo MCP',
          description: expect.stringContaining('Kubernetes') as string,
          websiteUrl: expect.stringMatching(/^https:/) as string,
          icons: [ICON],
        },
      },
    });
  });

  it('is told what it is, once, and for how long clients may keep what they are told', async () => {
    const modern = new McpSession(server.url);
    modern.headers['mcp-protocol-version'] = '2026-07-28';
    const ask = async (method: string) => {
      modern.headers['mcp-method'] = method;
      return (await modern.post(asModern({ jsonrpc: '2.0', id: 1, method }))).body;
    };
    const info = 'io.modelcontextprotocol/serverInfo';
    expect(await ask('server/discover')).toMatchObject({
      result: {
        capabilities: { tools: { listChanged: true } },
        ttlMs: 300_000,
        cacheScope: 'private',
        _meta: { [info]: { title: 'Skyflo MCP', icons: [ICON] } },
      },
    });
    const { result } = (await ask('tools/list')) as { result: { _meta: object } };
    expect(result).toMatchObject({ ttlMs: 300_000, cacheScope: 'private' });
    expect(result._meta).toEqual({
      [info]: { name: 'Skyflo MCP Server', version: expect.any(String) as string },
    });
  });

  it.each(['resources/list', 'resources/templates/list', 'resources/read', 'prompts/list'])(
    'has no capability for %s, and no such method',
    async (method) => {
      const fault = { error: { code: -32_601 } };
      const session = await McpSession.open(server.url);
      expect((await session.post({ jsonrpc: '2.0', id: 1, method })).body).toMatchObject(fault);
      const modern = new McpSession(server.url);
      modern.headers['mcp-protocol-version'] = '2026-07-28';
      modern.headers['mcp-method'] = method;
      const { status, body } = await modern.post(asModern({ jsonrpc: '2.0', id: 1, method }));
      expect(status).toBe(404);
      expect(body).toMatchObject(fault);
      const opened = await new McpSession(server.url).post(initialize('2025-11-25'));
      expect(opened.body).toMatchObject({ result: { capabilities: { tools: {} } } });
      expect(opened.text).not.toMatch(/"(resources|prompts)":/);
    },
  );

  it('refuses an unknown version in the header', async () => {
    const session = await McpSession.open(server.url);
    session.headers['mcp-protocol-version'] = '2019-01-01';
    expect(await session.post({ jsonrpc: '2.0', id: 2, method: 'ping' })).toMatchObject({
      status: 400,
    });
    expect(await session.call(WAIT, { seconds: 0 })).toMatchObject({ status: 400 });
  });
});

describe('sessions', () => {
  it('asks for the session that a request belongs to', async () => {
    const stranger = new McpSession(server.url);
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    expect(await stranger.post(list)).toMatchObject({ status: 400 });
    expect(await stranger.call(WAIT, { seconds: 0 })).toMatchObject({ status: 400 });
  });

  it.each(['2025-11-25', '2026-07-28', undefined])(
    'have streams to listen to, and nobody else: %s',
    async (version) => {
      const stranger = new McpSession(server.url);
      if (version) stranger.headers['mcp-protocol-version'] = version;
      const { status, headers, body } = await stranger.send('GET');
      expect([status, headers.get('allow')]).toEqual([405, 'POST']);
      expect(body).toMatchObject({ error: { message: expect.stringContaining('initialize') } });
    },
  );

  it('ends with DELETE, and what runs with it', async () => {
    const session = await McpSession.open(server.url);
    const cancelled = nextCancelled(server.log);
    const { answer } = await session.begin(WAIT, { seconds: 60 });
    expect(await session.send('DELETE')).toMatchObject({ status: 200 });
    await cancelled();
    await answer;
    expect(await session.call(WAIT, { seconds: 0 })).toMatchObject({ status: 404 });
  });
});

it('gives signs of life while clients wait, in each era', async () => {
  const lively = await startServer({ KEEP_ALIVE_SECONDS: '1' });
  try {
    const session = await McpSession.open(lively.url);
    const wait = { name: WAIT, arguments: { seconds: 3 } };
    const message = { jsonrpc: '2.0', id: 5, method: 'tools/call', params: wait };
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': WAIT,
    };
    const logs = { pod_name: 'app=web', namespace: 'shop', follow: true, timeout_seconds: 3 };
    const _meta = { progressToken: 'token' };
    const params = { name: 'k8s_logs', arguments: logs, _meta };
    const sse = await openSse(lively.url);
    const listening = await session.listen();
    const [older, newer, silent, [heard]] = await Promise.all([
      session.send('POST', JSON.stringify(message)),
      send(`${lively.url}/mcp`, JSON.stringify(asModern(message)), headers),
      session.send('POST', JSON.stringify({ ...message, id: 6, params })),
      once(listening, 'data'),
    ]);
    for (const { text, status } of [older, newer]) {
      expect(status).toBe(200);
      expect(text).toMatch(/^: keepalive\n\n/);
      expect(text).toContain('Waited for 3 seconds');
    }
    // A tool that says nothing of its progress.
    expect(silent.text).toContain('"method":"notifications/progress"');
    expect(String(heard)).toBe(': keepalive\n\n');
    await expect.poll(sse.text).toContain(': keepalive\n\n');
    listening.destroy();
    sse.close();
  } finally {
    await lively.stop();
  }
});
