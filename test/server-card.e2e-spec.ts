import { readFileSync } from 'node:fs';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asModern, initialize, McpSession } from './support/mcp-session.js';
import { startServer, type RunningServer } from './support/server.js';

const CARD = '/mcp/server-card';
const CATALOG = '/.well-known/ai-catalog.json';
const PUBLIC_URL = 'https://mcp.example.com/kubernetes';
const STRANGER = 'https://stranger.example';

interface Remote {
  type: string;
  url: string;
  headers?: { name: string; isRequired: boolean; isSecret: boolean }[];
  supportedProtocolVersions: string[];
}
interface Card {
  name: string;
  version: string;
  remotes: [Remote, Remote];
}

let open: RunningServer;
let closed: RunningServer;
beforeAll(async () => {
  [open, closed] = await Promise.all([
    startServer(),
    startServer({ AUTH: '', PUBLIC_URL, ALLOWED_ORIGINS: 'https://portal.example.com' }),
  ]);
});
afterAll(async () => {
  await Promise.all([open.stop(), closed.stop()]);
});

const cardOf = async ({ url }: RunningServer) => (await (await fetch(url + CARD)).json()) as Card;

describe('the server card', () => {
  it('says who the server is, as server.json and package.json do', async () => {
    const [registry, manifest] = ['server.json', 'package.json'].map(
      (file) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>,
    );
    expect(await cardOf(open)).toMatchObject({
      $schema: 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json',
      name: registry!['name'],
      version: manifest!['version'],
      description: registry!['description'],
      title: registry!['title'],
      websiteUrl: registry!['websiteUrl'],
      repository: registry!['repository'],
    });
    expect(manifest!['mcpName']).toBe(registry!['name']);
  });

  it('says what server/discover and initialize say', async () => {
    const { remotes, ...card } = (await cardOf(open)) as Card & Record<string, unknown>;
    const session = new McpSession(open.url);
    const discover = { jsonrpc: '2.0', id: 1, method: 'server/discover' };
    Object.assign(session.headers, {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': discover.method,
    });
    const { body } = (await session.post(asModern(discover))) as {
      body: { result: { supportedVersions: string[]; serverInfo?: object; _meta: object } };
    };
    expect(remotes[0].supportedProtocolVersions).toEqual(
      expect.arrayContaining(body.result.supportedVersions),
    );
    const first = new McpSession(open.url);
    const answer = (await first.post(initialize('2025-11-25'))).body as {
      result: { serverInfo: Record<string, unknown> };
    };
    const { version, title, description, websiteUrl, icons } = answer.result.serverInfo;
    expect(card).toMatchObject({ version, title, description, websiteUrl, icons });
  });

  it('names versions that can be negotiated at the address which it names', async () => {
    const { remotes } = await cardOf(open);
    const [streamable, sse] = remotes;
    for (const version of streamable.supportedProtocolVersions.filter((one) => one < '2026')) {
      const { body } = await new McpSession(open.url).post(initialize(version));
      expect(body).toMatchObject({ result: { protocolVersion: version } });
    }
    expect([streamable.url, sse.url]).toEqual([`${open.url}/mcp`, `${open.url}/sse`]);
    const modern = new ModernClient({ name: 'test', version: '1.0.0' });
    await modern.connect(new StreamableHTTPClientTransport(new URL(streamable.url)));
    expect((await modern.listTools()).tools.length).toBeGreaterThan(50);
    await modern.close();
    const old = new Client({ name: 'test', version: '1.0.0' });
    await old.connect(new SSEClientTransport(new URL(sse.url)));
    expect((await old.listTools()).tools.length).toBeGreaterThan(50);
    await old.close();
  });

  it('is open where the rest is not, and says how to get in and nothing else', async () => {
    expect((await fetch(`${closed.url}/mcp`, { method: 'POST' })).status).toBe(401);
    const response = await fetch(closed.url + CARD);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/mcp-server-card+json',
    ]);
    const text = await response.text();
    const { remotes } = JSON.parse(text) as Card;
    expect(remotes.map(({ url }) => url)).toEqual([`${PUBLIC_URL}/mcp`, `${PUBLIC_URL}/sse`]);
    for (const { headers } of remotes) {
      expect(headers).toMatchObject([{ name: 'Authorization', isRequired: true, isSecret: true }]);
    }
    expect((await cardOf(open)).remotes[0].headers).toBeUndefined();
    expect(text).not.toMatch(/k8s_|helm_|argo_|sandbox|tools|capabilities|127\.0\.0\.1/);
  });
});

describe.each([CARD, CATALOG])('%s', (path) => {
  it('can be read by pages of any origin, which can read nothing else', async () => {
    for (const { url } of [open, closed]) {
      const headers = { origin: STRANGER };
      const response = await fetch(url + path, { headers });
      expect(response.status).toBe(200);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-methods')).toBe('GET');
      expect(response.headers.get('cache-control')).toBe('public, max-age=3600');
      const preflight = await fetch(url + path, {
        method: 'OPTIONS',
        headers: { ...headers, 'access-control-request-method': 'GET' },
      });
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
        204,
        '*',
      ]);
      expect((await fetch(`${url}/engine/v1/tools`, { headers })).status).toBe(403);
    }
  });

  it('is sent once to those who keep it', async () => {
    const first = await fetch(open.url + path);
    const tag = first.headers.get('etag')!;
    const again = await fetch(open.url + path, { headers: { 'if-none-match': `"x", ${tag}` } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await fetch(open.url + path, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(open.url + path, { method: 'POST' })).status).toBe(405);
  });
});

describe('the catalog of the host', () => {
  it('leads to the card', async () => {
    const response = await fetch(open.url + CATALOG);
    expect(response.headers.get('content-type')).toBe('application/ai-catalog+json');
    const { entries } = (await response.json()) as { entries: Record<string, string>[] };
    const [entry] = entries;
    expect(entry).toMatchObject({ type: 'application/mcp-server-card+json' });
    const card = await fetch(entry!['url']!, { headers: { accept: entry!['type']! } });
    const { name } = (await card.json()) as Card;
    expect(entry!['identifier']).toBe(`urn:air:skyflo.ai:${name.split('/')[1]}`);
  });
});
