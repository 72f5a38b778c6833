import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testSandbox } from './support/sandbox.js';
import { executionsFile } from './support/use-executions.js';
import { McpSession } from './support/mcp-session.js';
import { startServer } from './support/server.js';
import { useServer } from './support/use-server.js';

const EXECUTE = '/engine/v1/tools/k8s/k8s_cluster_info/execute';
const PORTAL = 'https://portal.example.com';

const server = useServer({ env: () => ({ ALLOWED_ORIGINS: `${PORTAL}, http://localhost:3000` }) });

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends a request with exactly these headers, but for those that Node adds. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(server.url + path, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    })
      .on('error', reject)
      .end(body);
  });
}

/** What is answered to a request as it is written here, line by line. */
function raw(...lines: string[]): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write([...lines, 'Connection: close', '', ''].join('\r\n')),
    );
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject).on('close', () => resolve(text.split('\r\n', 1)[0] ?? ''));
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the Origin of a request', () => {
  const originOf = (origin: string, more: Record<string, string> = {}) =>
    send('POST', EXECUTE, { ...JSON_TYPE, origin, ...more }, '{}');

  it("passes when it is that of the request's own host, or listed", async () => {
    const { port } = new URL(server.url);
    expect((await originOf(server.url)).status).toBe(200);
    expect((await originOf(PORTAL)).status).toBe(200);
    expect((await originOf('HTTP://LOCALHOST:3000')).status).toBe(200);
    const named = { host: `localhost:${port}` };
    expect((await originOf(`http://localhost:${port}`, named)).status).toBe(200);
    const behindProxy = { host: 'localhost', 'x-forwarded-proto': 'https' };
    expect((await originOf('https://localhost', behindProxy)).status).toBe(200);
  });

  it.each([
    'http://10.0.0.5',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://127.0.0.2:8081',
    'http://[::1]',
    'http://localhost',
    'https://evil.example',
    'null',
    '',
    'file://',
    'https://portal.example.com.evil.example',
    'https://portal.example.com, https://evil.example',
    'http://portal.example.com',
  ])('is refused otherwise: %j', async (origin) => {
    const { status, text } = await originOf(origin);
    expect([status, JSON.parse(text)]).toEqual([
      403,
      expect.objectContaining({ code: 'forbidden', detail: expect.stringContaining('Origin') }),
    ]);
  });

  it('is that of another scheme, port or path', async () => {
    const { host, port } = new URL(server.url);
    for (const origin of [`https://${host}`, `http://a@${host}`, `${server.url}/`]) {
      expect((await originOf(origin)).status).toBe(403);
    }
    expect((await originOf(`http://localhost:${port}`)).status).toBe(403);
  });

  it('is looked at on every route, MCP among them', async () => {
    for (const path of ['/mcp', '/sse', '/docs', '/openapi.json', '/engine/v1/tools']) {
      expect((await send('GET', path, { origin: 'http://10.0.0.5' })).status).toBe(403);
    }
    const preflight = { origin: 'http://10.0.0.5', 'access-control-request-method': 'POST' };
    expect((await send('OPTIONS', EXECUTE, preflight)).status).toBe(403);
  });
});

describe('a POST', () => {
  it.each([
    [{}],
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'text/plain; application/json' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'content-type': 'application/jsonx' }],
  ])('without a body needs the JSON content type too: %j', async (headers) => {
    for (const path of [EXECUTE, '/engine/v1/tools/helm/helm_repo_update/execute', '/mcp']) {
      const { status, headers: answer } = await send('POST', path, headers);
      expect([path, status]).toEqual([path, 415]);
      expect(answer['content-type']).toContain('application/problem+json');
    }
  });

  it('may say more of its type', async () => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON',
    ]) {
      expect((await send('POST', EXECUTE, { 'content-type': type })).status).toBe(200);
    }
  });

  it('is not what ends a session', async () => {
    const session = await McpSession.open(server.url);
    expect(await session.send('DELETE')).toMatchObject({ status: 200 });
  });
});

describe('the Host of a request', () => {
  const GET = 'GET /engine/v1/tools/categories HTTP/1.1';

  it.each([
    ['one', [GET, 'Host: localhost'], 200],
    ['an address', [GET, 'Host: [::1]:8081'], 200],
    ['two', [GET, 'Host: localhost', 'Host: localhost'], 400],
    ['two, one of them foreign', [GET, 'Host: localhost', 'hOST: evil.example'], 400],
    ['none', [GET], 400],
    ['an empty one', [GET, 'Host:'], 400],
    ['one with a user', [GET, 'Host: localhost@evil.example'], 400],
    ['one with a user and a password', [GET, 'Host: a:b@localhost'], 400],
    ['one with a path', [GET, 'Host: localhost/x'], 400],
    ['one with a blank', [GET, 'Host: localhost evil.example'], 400],
    ['a list', [GET, 'Host: localhost,evil.example'], 400],
    ['a foreign one', [GET, 'Host: evil.example'], 403],
    ['none, of HTTP/1.0', ['GET /engine/v1/tools/categories HTTP/1.0'], 400],
    ['none, of a probe of HTTP/1.0', ['GET /health HTTP/1.0'], 200],
    ['any name, of a probe', ['GET /health HTTP/1.1', 'Host: evil.example'], 200],
    ['two, of a probe', ['GET /health HTTP/1.1', 'Host: a', 'Host: b'], 400],
  ])('is checked: %s', async (_, lines, status) => {
    expect(await raw(...lines)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it.each([
    ['http://localhost/engine/v1/tools/categories', 200],
    ['http://LOCALHOST:80/engine/v1/tools/categories?', 200],
    ['http://evil.example/engine/v1/tools/categories', 400],
    ['http://localhost:81/engine/v1/tools/categories', 400],
    ['http://a@localhost/engine/v1/tools/categories', 400],
    ['http://evil.example/health', 400],
  ])('agrees with that of an absolute target: %s', async (target, status) => {
    expect(await raw(`GET ${target} HTTP/1.1`, 'Host: localhost')).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} `),
    );
  });
});

describe('a wrong method', () => {
  it.each([
    ['GET', EXECUTE, 'POST'],
    ['HEAD', EXECUTE, 'POST'],
    ['POST', '/engine/v1/tools', 'GET, HEAD'],
    ['DELETE', '/engine/v1/tools/k8s/k8s_get', 'GET, HEAD'],
    ['PUT', '/engine/v1/tools/categories', 'GET, HEAD'],
    ['PATCH', '/engine/v1/executions', 'GET, HEAD'],
    ['POST', '/engine/v1/executions/none', 'DELETE, GET, HEAD'],
    ['HEAD', '/engine/v1/executions/none/events', 'GET'],
    ['POST', '/engine/v1/executions/none/output', 'GET, HEAD'],
    ['PUT', '/mcp/v1/tools', 'GET, HEAD'],
    ['POST', '/mcp/v1/health', 'GET, HEAD'],
    ['OPTIONS', '/mcp', 'DELETE, GET, POST'],
    ['HEAD', '/mcp', 'DELETE, GET, POST'],
    ['POST', '/sse', 'GET'],
    ['HEAD', '/sse', 'GET'],
    ['GET', '/messages', 'POST'],
    ['POST', '/health/', 'GET, HEAD'],
    ['DELETE', '/health/ready?x=1', 'GET, HEAD'],
    ['POST', '/docs', 'GET, HEAD'],
    ['POST', '/docs/swagger-ui.css', 'GET, HEAD'],
    ['TRACE', '/openapi.json', 'GET, HEAD'],
    ['PROPFIND', '/openapi.yaml', 'GET, HEAD'],
  ])('is a 405 that says what would be right: %s %s', async (method, path, allow) => {
    const { status, headers } = await send(method, path, JSON_TYPE);
    expect([status, headers['allow']]).toEqual([405, allow]);
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it('is a 404 where the path is wrong too', async () => {
    for (const path of ['/', '/nope', '/engine/v1/tools/a/b/c', '/healthy']) {
      expect((await send('POST', path, JSON_TYPE)).status).toBe(404);
    }
  });
});

describe('a name that nothing here has', () => {
  const long = 'x'.repeat(3_000);

  it('is cut in answers and in the log', async () => {
    const said = { text: expect.not.stringContaining('x'.repeat(101)) as string };
    for (const path of [
      `/engine/v1/tools/${long}`,
      `/engine/v1/tools/k8s/${long}`,
      `/engine/v1/tools?category=${'x'.repeat(60)}`,
      `/engine/v1/executions/${long}`,
    ]) {
      expect(await send('GET', path)).toMatchObject({ status: 404 });
    }
    expect(await send('GET', `/engine/v1/tools/${'x'.repeat(150)}`)).toMatchObject({ status: 404 });
    const { length } = (await send('GET', `/nope/${long}`)).text;
    expect(length).toBeLessThan(600);
    const session = await McpSession.open(server.url);
    for (const name of [long, 'x'.repeat(1_000_000)]) {
      expect(await session.call(name, {})).toMatchObject({ status: 200, ...said });
    }
    const resource = { jsonrpc: '2.0', id: 9, method: 'resources/read', params: { uri: long } };
    expect(await session.post(resource)).toMatchObject(said);
    await expect.poll(() => JSON.stringify(server.log)).toContain(`"${'x'.repeat(100)}..."`);
    expect(JSON.stringify(server.log)).not.toContain('x'.repeat(101));
  });
});

describe('every answer', () => {
  it.each(['/docs', '/engine/v1/tools', '/health', '/nope'])(
    'tells browsers to make no more of it than it is: %s',
    async (path) => {
      const { headers } = await send('GET', path);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'") as string,
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('strict-transport-security');
    },
  );

  it('of MCP and of a refusal too', async () => {
    const { headers } = await McpSession.open(server.url).then((session) => session.call('x', {}));
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const refused = await send('GET', '/docs', { origin: 'null' });
    expect(refused.headers['x-frame-options']).toBe('DENY');
  });
});

describe('the database file', () => {
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  it("is made this user's only, with what is beside it and its folder", async () => {
    const folder = join(testSandbox().folder, `open-${process.hrtime.bigint()}`);
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    const file = join(folder, 'executions.db');
    writeFileSync(file, '');
    chmodSync(file, 0o666);
    const other = await startServer({ EXECUTIONS_FILE: file });
    try {
      expect(modeOf(file)).toBe(0o600);
      for (const beside of ['-wal', '-shm']) expect(modeOf(file + beside)).toBe(0o600);
      expect(modeOf(folder)).toBe(0o755);
    } finally {
      await other.stop();
    }
  });

  it.skipIf(process.getuid?.() !== 0)('is refused where it is somebody else’s', async () => {
    const { chownSync } = await import('node:fs');
    for (const mode of [0o666, 0o600]) {
      const file = executionsFile();
      writeFileSync(file, '');
      chmodSync(file, mode);
      chownSync(file, 12_345, 12_345);
      await expect(startServer({ EXECUTIONS_FILE: file })).rejects.toThrow(
        /belongs to user 12345 .*change its owner/,
      );
    }
  });
});

describe('ALLOWED_ORIGINS', () => {
  it.each(['portal.example.com', 'https://portal.example.com/path', '*'])(
    'stops the start where it holds no origins: %s',
    async (ALLOWED_ORIGINS) => {
      await expect(startServer({ ALLOWED_ORIGINS })).rejects.toThrow('ALLOWED_ORIGINS');
    },
  );
});
