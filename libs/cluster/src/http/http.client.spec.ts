import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpLab, status } from '../../fixtures/http-lab.js';

const lab = new HttpLab();
afterEach(() => lab.close());

describe('HttpClient', () => {
  it('sends path below the server address, query, body and headers', async () => {
    let seen: IncomingMessage | undefined;
    let body = '';
    const server = createServer((request, response) => {
      seen = request;
      request.on('data', (chunk) => (body += chunk)).on('end', () => response.end('{}'));
    });
    const client = lab.client(`http://127.0.0.1:${await lab.listen(server)}/k8s/clusters/c-1/`, {
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
    const client = await lab.clientTo((_, response) => {
      response.writeHead(code).end(status(code, 'Any', 'pods "a" is forbidden: no'));
    });
    await expect(client.send('/x', {})).rejects.toMatchObject({ code: expected });
  });

  it("keeps the API server's own words and document", async () => {
    const client = await lab.clientTo((_, response) => {
      response.writeHead(403).end(status(403, 'Forbidden', 'User "u" cannot list resource "pods"'));
    });
    await expect(client.send('/x', {})).rejects.toMatchObject({
      message: 'User "u" cannot list resource "pods"',
      cause: { kind: 'Status', reason: 'Forbidden' },
    });
  });

  it('names the status of an answer that is not from an API server', async () => {
    const client = await lab.clientTo((_, response) => {
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
    const client = await lab.clientTo((_, response) => {
      if (++calls === 1) response.writeHead(code, { 'retry-after': '0' }).end('{}');
      else response.end('"done"');
    });
    const { body } = await client.send('/x', { method });
    expect(body.toString()).toBe('"done"');
    expect(calls).toBe(2);
  });

  it('does not send a write again after a 503', async () => {
    let calls = 0;
    const client = await lab.clientTo((_, response) => {
      calls++;
      response.writeHead(503, { 'retry-after': '0' }).end('{}');
    });
    await expect(client.send('/x', { method: 'POST' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(calls).toBe(1);
  });

  it('answers busy at once when the API server asks to wait beyond the time limit', async () => {
    const client = await lab.clientTo((_, response) => {
      response.writeHead(429, { 'retry-after': '60' }).end('{}');
    });
    await expect(client.send('/x', { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'busy',
      retryAfterSeconds: 60,
    });
  });

  it('answers busy at once where the caller tries again by itself', async () => {
    let calls = 0;
    const client = await lab.clientTo((_, response) => {
      calls++;
      response.writeHead(429, { 'retry-after': '0' }).end('{}');
    });
    await expect(client.send('/x', { method: 'POST', waits: false })).rejects.toMatchObject({
      code: 'busy',
    });
    expect(calls).toBe(1);
  });

  it.each([
    ['GET', true],
    ['POST', false],
  ] as const)('ends a hanging %s at its time limit', async (method, retryable) => {
    const client = await lab.clientTo(() => undefined);
    await expect(client.send('/x', { method, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
      retryable,
    });
  });

  it('frees the socket when the caller gives up', async () => {
    const closed = Promise.withResolvers<void>();
    const stop = new AbortController();
    const client = await lab.clientTo((request) => {
      request.socket.on('close', () => closed.resolve());
      stop.abort();
    });
    await expect(client.send('/x', { signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await closed.promise;
  });

  it('is not held up by calls that hang', async () => {
    const client = await lab.clientTo((request, response) => {
      if (request.url === '/fast') response.end('{}');
    });
    const hanging = Array.from({ length: 40 }, (_, number) =>
      client.send(`/slow/${number}`, { timeoutMs: 500 }).catch((error: Error) => error),
    );
    await expect(client.send('/fast', { timeoutMs: 400 })).resolves.toBeDefined();
    await Promise.all(hanging);
  });

  it('sends a read again on a kept-alive connection that has died', async () => {
    let calls = 0;
    const client = await lab.clientTo((request, response) => {
      if (++calls === 2) request.socket.destroy();
      else response.end('{}');
    });
    await client.send('/x', {});
    await client.send('/x', {});
    expect(calls).toBe(3);
  });

  it('says that a write may have been made when its connection dies', async () => {
    const client = await lab.clientTo((request) => request.socket.destroy());
    await expect(client.send('/x', { method: 'POST' })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: false,
      message: expect.stringContaining('may or may not have been made') as string,
    });
  });

  it('answers unavailable soon when nothing listens, and recovers by itself', async () => {
    const port = await lab.listen(createTcpServer());
    await lab.close();
    const client = lab.client(`http://127.0.0.1:${port}`);
    const started = performance.now();
    await expect(client.send('/x', {})).rejects.toMatchObject({
      code: 'unavailable',
      message: `Cluster "lab" (http://127.0.0.1:${port}) cannot be reached: connection refused.`,
    });
    expect(performance.now() - started).toBeLessThan(1_000);
    await lab.listen(
      createServer((_, response) => response.end('{}')),
      port,
    );
    await expect(client.send('/x', {})).resolves.toMatchObject({ status: 200 });
  });

  it('gives up a connection attempt that nobody answers within 5 s', async () => {
    // Takes the connection and never begins TLS.
    const port = await lab.listen(createTcpServer());
    const started = performance.now();
    await expect(lab.client(`https://127.0.0.1:${port}`).send('/x', {})).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  }, 8_000);

  it('renews refused credentials once', async () => {
    let token = 'old';
    const client = await lab.clientTo(
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
    const client = await lab.clientTo((_, response) => response.end('{}'), {
      authorization: () => new Promise(() => undefined),
    });
    await expect(client.send('/x', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
  });
});
