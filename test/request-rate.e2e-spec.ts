import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bearer } from './support/mcp-clients.js';
import { SERVER_BIN } from './support/server-process.js';
import { startServer, type RunningServer } from './support/server.js';

const MAX = 5;

/** Requests at once. A slow machine spreads them over some seconds, and still they are too many. */
const MANY = 60;

let folder: string;
let server: RunningServer;
const keys: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rate-'));
  const env = { AUTH: '', XDG_STATE_HOME: folder };
  for (const name of ['alice', 'bob']) {
    keys[name] = execFileSync(SERVER_BIN, ['key', 'new', '--principal', name], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  }
  server = await startServer({ ...env, MAX_REQUESTS_PER_SECOND: `${MAX}` });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

interface Told {
  status: number;
  headers: Headers;
  body: string;
}

/** Sends many requests at once. */
function sendMany(path: string, headers: Record<string, string>, body?: object): Promise<Told[]> {
  const init = { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body) };
  return Promise.all(
    Array.from({ length: MANY }, async () => {
      const answer = await fetch(`${server.url}${path}`, init);
      return { status: answer.status, headers: answer.headers, body: await answer.text() };
    }),
  );
}

function statusesOf(answers: Told[]): Set<number> {
  return new Set(answers.map(({ status }) => status));
}

/** Waits until a caller may make requests again. */
async function expectAllowed(headers: Record<string, string>): Promise<void> {
  const status = async () =>
    (await fetch(`${server.url}/engine/v1/executions`, { headers })).status;
  await expect.poll(status).toBe(200);
}

it('refuses what a principal asks for too often, and says when to come again', async () => {
  const headers = bearer(keys['alice']!);
  const answers = await sendMany('/engine/v1/executions', headers);
  expect(statusesOf(answers)).toEqual(new Set([200, 429]));
  const refused = answers.find(({ status }) => status === 429)!;
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(JSON.parse(refused.body)).toMatchObject({
    code: 'busy',
    retryable: true,
    detail: expect.stringContaining('MAX_REQUESTS_PER_SECOND'),
  });
  await expectAllowed(headers);
});

it('leaves other principals alone', async () => {
  const flood = sendMany('/engine/v1/executions', bearer(keys['alice']!));
  const other = await fetch(`${server.url}/engine/v1/executions`, {
    headers: bearer(keys['bob']!),
  });
  expect([other.status, statusesOf(await flood)]).toEqual([200, new Set([200, 429])]);
});

it('counts MCP and REST together', async () => {
  const headers = {
    ...bearer(keys['alice']!),
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  await expectAllowed(headers);
  const begin = performance.now();
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    },
  };
  const answers = await Promise.all([
    sendMany('/mcp', headers, initialize),
    sendMany('/engine/v1/executions', headers),
  ]);
  const windows = Math.floor((performance.now() - begin) / 1_000) + 1;
  for (const each of answers) expect(statusesOf(each)).toContain(429);
  const served = answers.flat().filter(({ status }) => status === 200);
  // The window of the request before may end within the first second.
  expect(served.length).toBeLessThanOrEqual(MAX * windows + MAX - 1);
});

it('counts by address what proves nothing, and apart from what proves something', async () => {
  const strangers = sendMany('/engine/v1/executions', bearer('skyflo_none'));
  const { status } = await fetch(`${server.url}/engine/v1/executions`, {
    headers: bearer(keys['bob']!),
  });
  expect([status, statusesOf(await strangers)]).toEqual([200, new Set([401, 429])]);
});

it.each(['/health', '/openapi.json', '/docs', '/mcp/v1/health'])(
  'never refuses %s',
  async (path) => {
    expect(statusesOf(await sendMany(path, {}))).toEqual(new Set([200]));
  },
);
