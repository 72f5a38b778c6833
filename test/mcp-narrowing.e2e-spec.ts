import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesFor } from './support/audit.js';
import { CLIENTS, type CallResult, type McpClient } from './support/mcp-clients.js';
import { asModern, initialize, McpSession } from './support/mcp-session.js';
import { openSse, send } from './support/raw-http.js';
import { testSandbox } from './support/sandbox.js';
import { SERVER_BIN } from './support/server-process.js';
import { useServer } from './support/use-server.js';

const WAIT = 'wait_for_x_seconds';
const KINDS = Object.entries(CLIENTS);
const HTTP_KINDS = KINDS.filter(([kind]) => kind.includes('HTTP'));
const MODERN = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };

const server = useServer();

async function namesOf(client: McpClient): Promise<string[]> {
  return (await client.listTools()).map(({ name }) => name);
}

/** The names in the answer to a raw `tools/list`. */
function namesIn({ body }: { body: unknown }): string[] {
  return (body as { result: { tools: { name: string }[] } }).result.tools.map(({ name }) => name);
}

function expectForbidden(result: CallResult, message: RegExp): void {
  expect(result).toMatchObject({ isError: true, _meta: { 'skyflo/code': 'forbidden' } });
  expect(result.content[0]?.text).toMatch(message);
}

describe.each(KINDS)('two connections with conditions of their own, %s', (_, connectTo) => {
  let named: McpClient;
  let reading: McpClient;

  beforeAll(async () => {
    const { url, log } = server;
    [named, reading] = await Promise.all([
      connectTo({ url, log, narrowing: { tools: 'k8s_delete,k8s_get' } }),
      connectTo({ url, log, narrowing: { categories: 'kubernetes,helm', read_only: 'true' } }),
    ]);
  });
  afterAll(() => Promise.all([named.close(), reading.close()]));

  it('list what meets them', async () => {
    expect(await namesOf(named)).toEqual(['k8s_get', 'k8s_delete']);
    const tools = await reading.listTools();
    const all = await server.mcp.listTools();
    const isMeant = ({ name, annotations }: { name: string; annotations?: unknown }) =>
      !name.startsWith('argo_') && (annotations as { readOnlyHint: boolean }).readOnlyHint;
    expect(tools.map(({ name }) => name)).toEqual(all.filter(isMeant).map(({ name }) => name));
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['helm_status', 'k8s_get', WAIT, 'execution_status']),
    );
  });

  it('are told about no more than that', () => {
    expect(named.instructions()).toMatch(/dry_run changes nothing/);
    expect(named.instructions()).not.toMatch(
      /argo_|helm_|execution_|wait_seconds|check the effect:/,
    );
    expect(reading.instructions()).toMatch(/helm \(.*untrusted text/s);
    expect(reading.instructions()).not.toMatch(/argo_|dry_run|force_conflicts/);
  });

  it('can call what they list', async () => {
    const answer = await named.call('k8s_get', { resource_type: 'namespaces', output: 'name' });
    expect(answer).toMatchObject({ isError: false });
    expect(await reading.call(WAIT, { seconds: 0 })).toMatchObject({ isError: false });
  });

  it('cannot call the rest, and are told how to get it', async () => {
    const args = { resource_type: 'configmap', name: 'none', namespace: 'default' };
    expectForbidden(
      await reading.call('k8s_delete', args),
      /^This connection was opened with (--)?read.only=true\. Connect without it to use k8s_delete\.$/,
    );
    expectForbidden(
      await named.call(WAIT, { seconds: 0 }),
      /^This connection was opened with (--)?tools=k8s_delete,k8s_get\. Connect with wait_for_x_seconds in that list/,
    );
    // It was the connection, not the call.
    expect(await named.call('k8s_delete', args)).toMatchObject({
      _meta: { 'skyflo/code': 'not_found' },
    });
  });
});

describe.each(HTTP_KINDS)('conditions over HTTP, %s', (_, connectTo) => {
  it('hold together, in the query and in headers', async () => {
    const client = await connectTo({
      url: server.url,
      log: server.log,
      narrowing: { categories: 'k8s' },
      headers: { 'Skyflo-Read-Only': '1', 'Skyflo-Tools': 'k8s_get, k8s_delete, helm_status' },
    });
    expect(await namesOf(client)).toEqual(['k8s_get']);
    expectForbidden(
      await client.call('helm_status', { release_name: 'none', namespace: 'default' }),
      /opened with categories=k8s\. Connect with helm in that list to use helm_status\./,
    );
    await client.close();
  });

  it('that are wrong stop the connection', async () => {
    const { url, log } = server;
    await expect(connectTo({ url, log, narrowing: { tools: 'k8s_gte' } })).rejects.toThrow();
  });
});

interface Wrong {
  query?: string;
  headers?: Record<string, string>;
  message: string;
}

const WRONG: Wrong[] = [
  { query: 'tools=k8s_get,k8s_gte', message: 'There is no tool "k8s_gte". Nearest: k8s_get.' },
  { query: 'categories=hlem', message: 'There is no category "hlem". Nearest: helm.' },
  { query: 'read_only=maybe', message: 'has to be true or false' },
  { query: 'readonly=true', message: 'Nearest: read_only.' },
  { query: 'categories=helm&tools=k8s_get', message: 'No tool meets categories=helm and tools=' },
  { headers: { 'skyflo-tools': 'k8s_gte' }, message: 'Skyflo-Tools: k8s_gte: There is no tool' },
];

const DOORS: Record<string, (wrong: Wrong) => Promise<Response>> = {
  'initialize of 2025': (wrong) => post(wrong, initialize()),
  'a request of 2026': (wrong) => post(wrong, asModern(LIST), MODERN),
  'a stream of HTTP+SSE': ({ query, headers }) => fetch(`${server.url}/sse?${query}`, { headers }),
};

function post({ query = '', headers }: Wrong, message: unknown, more = {}): Promise<Response> {
  return fetch(`${server.url}/mcp?${query}`, {
    method: 'POST',
    body: JSON.stringify(message),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
      ...more,
    },
  });
}

describe.each(Object.entries(DOORS))('a wrong condition at %s', (_, ask) => {
  it.each(WRONG)('is refused: $query $headers', async (wrong) => {
    const response = await ask(wrong);
    expect([response.status, response.headers.get('mcp-session-id')]).toEqual([400, null]);
    expect(await response.json()).toMatchObject({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32_000, message: expect.stringContaining(wrong.message) as string },
    });
  });
});

describe('a session', () => {
  it('keeps what it was opened with', async () => {
    const session = new McpSession(server.url);
    session.headers['skyflo-tools'] = 'k8s_get,k8s_logs';
    const { headers } = await session.post(initialize());
    session.headers['mcp-session-id'] = headers.get('mcp-session-id') ?? '';
    const kept = ['k8s_logs', 'k8s_get'];
    expect(namesIn(await session.post(LIST))).toEqual(kept);

    for (const same of ['k8s_logs,k8s_get', 'k8s_logs,k8s_get,k8s_delete', '']) {
      session.headers['skyflo-tools'] = same;
      expect(namesIn(await session.post(LIST))).toEqual(kept);
    }
    for (const other of ['k8s_get', 'k8s_get,k8s_delete']) {
      session.headers['skyflo-tools'] = other;
      const { status, text } = await session.post(LIST);
      expect(status).toBe(400);
      expect(text).toContain('opened with Skyflo-Tools: k8s_get,k8s_logs, and keeps that');
    }
  });

  it('does the same over HTTP+SSE', async () => {
    const { postUrl, text, close } = await openSse(server.url, '?tools=k8s_get');
    const body = JSON.stringify(LIST);
    expect(await send(postUrl, body, { 'skyflo-tools': 'k8s_logs' })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('keeps that') as string } },
    });
    expect(await send(postUrl, body)).toMatchObject({ status: 202 });
    await expect.poll(text).toContain('"name":"k8s_get"');
    expect(text()).not.toContain('"name":"k8s_logs"');
    close();
  });

  it('is nothing that a request of 2026 has: each has its own conditions', async () => {
    const list = async (tools: string) => {
      const body = JSON.stringify(asModern(LIST));
      return namesIn(await send(`${server.url}/mcp?tools=${tools}`, body, MODERN));
    };
    expect(await list('k8s_get')).toEqual(['k8s_get']);
    expect(await list('helm_status')).toEqual(['helm_status']);
    expect((await list('')).length).toBeGreaterThan(50);
  });
});

it('a call that conditions forbid is in the audit', async () => {
  const session = new McpSession(server.url);
  session.headers['skyflo-categories'] = 'helm';
  const { headers } = await session.post(initialize('2025-11-25'));
  session.headers['mcp-session-id'] = headers.get('mcp-session-id') ?? '';
  const params = { name: 'k8s_cordon', arguments: { node_name: 'none' }, task: {} };
  const { body } = await session.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const { result } = body as { result: CallResult };
  expectForbidden(result, /Connect with k8s in that list/);
  expect(await entriesFor(server, String(result._meta?.['skyflo/execution_id']), 1)).toMatchObject([
    {
      kind: 'call',
      door: 'mcp',
      tool: 'k8s_cordon',
      decision: 'refused',
      code: 'forbidden',
      rule: expect.stringContaining('Skyflo-Categories: helm') as string,
    },
  ]);
});

describe('over stdio', () => {
  const start = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(SERVER_BIN, args, {
      env: { ...process.env, ...testSandbox().env },
      input: `${JSON.stringify(initialize())}\n`,
      encoding: 'utf8',
    });
    return { status, stdout, lines: stderr.trim().split('\n') };
  };

  it.each([
    ['--stdio --tools=k8s_gte', 1, 'There is no tool \\"k8s_gte\\". Nearest: k8s_get.'],
    ['--stdio --categories hlem', 1, 'There is no category \\"hlem\\". Nearest: helm.'],
    ['--stdio --readonly', 2, 'There is no option "--readonly". Nearest: --read-only.'],
    ['--read-only', 2, '--read-only needs --stdio.'],
  ])('%s ends with one line that says what is wrong', (args, code, message) => {
    const { status, stdout, lines } = start(...args.split(' '));
    expect([status, stdout, lines]).toEqual([code, '', [expect.stringContaining(message)]]);
  });
});

describe('the set-ups in the README', () => {
  const rows = readFileSync('README.md', 'utf8').matchAll(
    /^\| `\/mcp(?:\?(\S+))?` +\| +(\d+) +\| +([\d,]+) +\|$/gm,
  );

  it.each([...rows].map(([, query = '', tools, bytes]) => ({ query, tools, bytes })))(
    'cost what it says: "$query"',
    async ({ query, tools, bytes }) => {
      const answer = await send(
        `${server.url}/mcp?${query}`,
        JSON.stringify(asModern(LIST)),
        MODERN,
      );
      expect(namesIn(answer)).toHaveLength(Number(tools));
      const said = Number(bytes?.replace(',', ''));
      expect(Math.abs(Buffer.byteLength(answer.text) / said - 1)).toBeLessThan(0.05);
    },
  );
});
