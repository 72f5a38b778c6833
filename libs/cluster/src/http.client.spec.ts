import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  createServer as createTcpServer,
  connect,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection, TlsOptions } from './connection.js';
import { HttpClient } from './http.client.js';

const pem = (name: string) =>
  readFileSync(new URL(`../fixtures/${name}.pem`, import.meta.url), 'utf8');
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function listen(server: TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    if ('closeAllConnections' in server) (server as Server).closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function clientOf(
  url: string,
  options: Partial<Connection> = {},
  tls: TlsOptions = {},
): HttpClient {
  const client = new HttpClient(
    {
      name: 'lab',
      server: new URL(url),
      namespace: 'default',
      proxy: undefined,
      headers: {},
      tls: () => tls,
      authorization: () => undefined,
      renew: () => false,
      ...options,
    },
    'skyflo-mcp/test',
  );
  closers.push(() => client.close());
  return client;
}

async function clientTo(
  handler: RequestListener,
  options?: Partial<Connection>,
): Promise<HttpClient> {
  return clientOf(`http://127.0.0.1:${await listen(createServer(handler))}`, options);
}

const status = (code: number, reason: string, message: string) =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', code, reason, message });

describe('HttpClient', () => {
  it('sends path below the server address, query, body and headers', async () => {
    let seen: IncomingMessage | undefined;
    let body = '';
    const server = createServer((request, response) => {
      seen = request;
      request.on('data', (chunk) => (body += chunk)).on('end', () => response.end('{}'));
    });
    const client = clientOf(`http://127.0.0.1:${await listen(server)}/k8s/clusters/c-1/`, {
      authorization: () => 'Bearer secret',
      headers: { 'impersonate-group': ['a', 'b'] },
    });
    await client.send('/api/v1/pods', {
      method: 'PATCH',
      query: { labelSelector: 'a=b,c', dryRun: undefined, limit: 5 },
      body: { x: 1 },
      contentType: 'application/merge-patch+json',
    });
    expect(seen).toMatchObject({
      method: 'PATCH',
      url: '/k8s/clusters/c-1/api/v1/pods?labelSelector=a%3Db%2Cc&limit=5',
      headers: {
        authorization: 'Bearer secret',
        'user-agent': 'skyflo-mcp/test',
        'content-type': 'application/merge-patch+json',
        'impersonate-group': 'a, b',
      },
    });
    expect(body).toBe('{"x":1}');
  });

  it.each([
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'conflict'],
    [422, 'invalid_input'],
    [429, 'busy'],
    [500, 'upstream'],
    [504, 'timeout'],
  ])('makes HTTP %i of the API server into %s', async (code, expected) => {
    const client = await clientTo((_, response) => {
      response.writeHead(code).end(status(code, 'Any', 'pods "a" is forbidden: no'));
    });
    await expect(client.send('/x', {})).rejects.toMatchObject({ code: expected });
  });

  it("keeps the API server's own words and document", async () => {
    const client = await clientTo((_, response) => {
      response.writeHead(403).end(status(403, 'Forbidden', 'User "u" cannot list resource "pods"'));
    });
    await expect(client.send('/x', {})).rejects.toMatchObject({
      message: 'User "u" cannot list resource "pods"',
      cause: { kind: 'Status', reason: 'Forbidden' },
    });
  });

  it('names the status of an answer that is not from an API server', async () => {
    const client = await clientTo((_, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>');
    });
    await expect(client.send('/x', {})).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringMatching(
        /^Cluster "lab" \(http:\S+\) answered with HTTP 502\.$/,
      ) as string,
    });
  });

  it.each([
    ['GET', 429],
    ['PATCH', 429],
    ['GET', 503],
  ] as const)('waits and sends a %s again after %i with Retry-After', async (method, code) => {
    let calls = 0;
    const client = await clientTo((_, response) => {
      if (++calls === 1) response.writeHead(code, { 'retry-after': '0' }).end('{}');
      else response.end('"done"');
    });
    const { body } = await client.send('/x', { method });
    expect(body.toString()).toBe('"done"');
    expect(calls).toBe(2);
  });

  it('does not send a write again after a 503', async () => {
    let calls = 0;
    const client = await clientTo((_, response) => {
      calls++;
      response.writeHead(503, { 'retry-after': '0' }).end('{}');
    });
    await expect(client.send('/x', { method: 'POST' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(calls).toBe(1);
  });

  it('answers busy at once when the API server asks to wait beyond the time limit', async () => {
    const client = await clientTo((_, response) => {
      response.writeHead(429, { 'retry-after': '60' }).end('{}');
    });
    await expect(client.send('/x', { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'busy',
      retryAfterSeconds: 60,
    });
  });

  it.each([
    ['GET', true],
    ['POST', false],
  ] as const)('ends a hanging %s at its time limit', async (method, retryable) => {
    const client = await clientTo(() => undefined);
    await expect(client.send('/x', { method, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
      retryable,
    });
  });

  it('frees the socket when the caller gives up', async () => {
    const closed = Promise.withResolvers<void>();
    const stop = new AbortController();
    const client = await clientTo((request) => {
      request.socket.on('close', () => closed.resolve());
      stop.abort();
    });
    await expect(client.send('/x', { signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await closed.promise;
  });

  it('is not held up by calls that hang', async () => {
    const client = await clientTo((request, response) => {
      if (request.url === '/fast') response.end('{}');
    });
    const hanging = Array.from({ length: 40 }, () =>
      client.send('/slow', { timeoutMs: 500 }).catch((error: Error) => error),
    );
    await expect(client.send('/fast', { timeoutMs: 400 })).resolves.toBeDefined();
    await Promise.all(hanging);
  });

  it('sends a read again on a kept-alive connection that has died', async () => {
    let calls = 0;
    const client = await clientTo((request, response) => {
      if (++calls === 2) request.socket.destroy();
      else response.end('{}');
    });
    await client.send('/x', {});
    await client.send('/x', {});
    expect(calls).toBe(3);
  });

  it('says that a write may have been made when its connection dies', async () => {
    const client = await clientTo((request) => request.socket.destroy());
    await expect(client.send('/x', { method: 'POST' })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: false,
      message: expect.stringContaining('may or may not have been made') as string,
    });
  });

  it('answers unavailable soon when nothing listens, and recovers by itself', async () => {
    const port = await listen(createTcpServer());
    await closers.pop()!();
    const client = clientOf(`http://127.0.0.1:${port}`);
    const started = performance.now();
    await expect(client.send('/x', {})).rejects.toMatchObject({
      code: 'unavailable',
      message: `Cluster "lab" (http://127.0.0.1:${port}) cannot be reached: connection refused.`,
    });
    expect(performance.now() - started).toBeLessThan(1_000);
    const server = createServer((_, response) => response.end('{}')).listen(port, '127.0.0.1');
    closers.push(() => server.close());
    await once(server, 'listening');
    await client.send('/x', {});
  });

  it('gives up a connection attempt that nobody answers within 5 s', async () => {
    // Takes the connection and never begins TLS.
    const port = await listen(createTcpServer());
    const started = performance.now();
    await expect(clientOf(`https://127.0.0.1:${port}`).send('/x', {})).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  }, 8_000);

  it('renews refused credentials once', async () => {
    let token = 'old';
    const client = await clientTo(
      (request, response) => {
        if (request.headers.authorization === 'Bearer new') response.end('{}');
        else response.writeHead(401).end(status(401, 'Unauthorized', 'Unauthorized'));
      },
      {
        authorization: () => `Bearer ${token}`,
        renew: () => {
          token = 'new';
          return true;
        },
      },
    );
    await expect(client.send('/x', {})).resolves.toMatchObject({ status: 200 });
  });

  it('gives up waiting for credentials at the time limit', async () => {
    const client = await clientTo((_, response) => response.end('{}'), {
      authorization: () => new Promise(() => undefined),
    });
    await expect(client.send('/x', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('HttpClient over TLS', () => {
  const tlsServer = async () => {
    const server = createTlsServer(
      {
        key: pem('server-key'),
        cert: pem('server'),
        ca: pem('ca'),
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
        response.end(JSON.stringify({ subject: subject?.CN ?? null }));
      },
    );
    return `https://127.0.0.1:${await listen(server)}`;
  };

  it('shows its client certificate', async () => {
    const tls = { ca: pem('ca'), cert: pem('client'), key: pem('client-key') };
    const { body } = await clientOf(await tlsServer(), {}, tls).send('/x', {});
    expect(body.toString()).toBe('{"subject":"test client"}');
  });

  it('refuses a server that its authority does not vouch for, and says why', async () => {
    await expect(clientOf(await tlsServer()).send('/x', {})).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/certificate/) as string,
    });
  });

  it('takes any server where the kubeconfig says so', async () => {
    const client = clientOf(await tlsServer(), {}, { rejectUnauthorized: false });
    await expect(client.send('/x', {})).resolves.toMatchObject({ status: 200 });
  });

  it('checks the server against tls-server-name', async () => {
    const url = await tlsServer();
    await clientOf(url, {}, { ca: pem('ca'), servername: 'api.test' }).send('/x', {});
    await expect(
      clientOf(url, {}, { ca: pem('ca'), servername: 'other.test' }).send('/x', {}),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('uses certificates that have been renewed', async () => {
    const url = await tlsServer();
    let tls: TlsOptions = { ca: pem('ca') };
    const client = clientOf(url, { tls: () => tls });
    expect((await client.send('/x', {})).body.toString()).toBe('{"subject":null}');
    tls = { ca: pem('ca'), cert: pem('client'), key: pem('client-key') };
    expect((await client.send('/x', {})).body.toString()).toBe('{"subject":"test client"}');
  });

  it('goes through a proxy', async () => {
    const url = await tlsServer();
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      const upstream = connect(Number(new URL(url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      closers.push(() => upstream.destroy());
    });
    const proxyUrl = new URL(`http://127.0.0.1:${await listen(proxy)}`);
    const tls = { ca: pem('ca'), cert: pem('client'), key: pem('client-key') };
    const { body } = await clientOf(url, { proxy: proxyUrl }, tls).send('/x', {});
    expect(body.toString()).toBe('{"subject":"test client"}');
    expect(tunnels).toEqual([new URL(url).host]);
  });
});

describe('HttpClient.stream', () => {
  const read = async (stream: AsyncIterable<Uint8Array>, each: (text: string) => void) => {
    for await (const chunk of stream) each(Buffer.from(chunk).toString());
  };

  it('hands out chunks as they come and ends quietly when the signal aborts', async () => {
    const closed = Promise.withResolvers<void>();
    const client = await clientTo((request, response) => {
      request.socket.on('close', () => closed.resolve());
      response.write('one');
    });
    const stop = new AbortController();
    const seen: string[] = [];
    await read(client.stream('/log', { signal: stop.signal }), (text) => {
      seen.push(text);
      stop.abort();
    });
    expect(seen).toEqual(['one']);
    await closed.promise;
  });

  it('fails as a request does', async () => {
    const client = await clientTo((_, response) => {
      response.writeHead(404).end(status(404, 'NotFound', 'pods "a" not found'));
    });
    await expect(read(client.stream('/log', {}), () => undefined)).rejects.toMatchObject({
      code: 'not_found',
      message: 'pods "a" not found',
    });
  });

  it('ends at its time limit, if it has one', async () => {
    const client = await clientTo((_, response) => void response.write('one'));
    await expect(
      read(client.stream('/log', { timeoutMs: 100 }), () => undefined),
    ).rejects.toMatchObject({ code: 'timeout' });
  });
});
