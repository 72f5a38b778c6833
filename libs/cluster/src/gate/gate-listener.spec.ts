import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpLab } from '../../fixtures/http-lab.js';
import { Gate } from './gate.js';
import { GateListener } from './gate-listener.js';
import { callScope } from './gate-call.js';
import type { GatePart, GateRequest } from './gate-part.js';
import { ToolError } from '#tools';
import type { RequestListener } from 'node:http';

let lab: HttpLab;
let listener: GateListener;
beforeEach(() => {
  lab = new HttpLab();
  listener = new GateListener();
  lab.onClose(() => listener.onApplicationShutdown());
});
afterEach(() => lab.close());

/** The address of a listener in front of a real API server of this test. */
async function addressOf(handler: RequestListener, ...parts: GatePart[]) {
  const gate = new Gate();
  gate.use(parts);
  const cluster = await lab.clusterTo(handler, gate);
  return listener.open((asked) => cluster.relay(asked));
}

interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

function ask(
  url: string,
  { method = 'GET', headers = {}, body = '' }: AskOptions = {},
): Promise<IncomingMessage> {
  const [, port = '', path = ''] = /^http:\/\/127\.0\.0\.1:(\d+)(.*)$/.exec(url) ?? [];
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers }, resolve)
      .on('error', reject)
      .end(body);
  });
}

describe(GateListener.name, () => {
  it('passes on method, path, query, body and the headers that do not say who asks', async () => {
    const address = await addressOf((asked, response) => {
      void buffer(asked).then((body) => {
        const { method, url, headers } = asked;
        response.end(JSON.stringify({ method, url, headers, body: body.toString('hex') }));
      });
    });
    const answer = await ask(`${address.url}/api/v1/namespaces/a/pods/b?fieldManager=helm&x=%2F`, {
      method: 'PATCH',
      headers: {
        accept: 'application/json;as=Table',
        'accept-encoding': 'gzip',
        'content-type': 'application/apply-patch+yaml',
        'user-agent': 'Helm/3.19',
        authorization: 'Bearer mine',
        'impersonate-user': 'admin',
        'x-remote-user': 'admin',
        cookie: 'a=b',
      },
      body: Buffer.from([0, 255, 10]),
    });
    const { headers, ...seen } = JSON.parse(await text(answer)) as Record<string, object>;
    expect(seen).toEqual({
      method: 'PATCH',
      url: '/api/v1/namespaces/a/pods/b?fieldManager=helm&x=%2F',
      body: '00ff0a',
    });
    expect(headers).toMatchObject({
      accept: 'application/json;as=Table',
      'accept-encoding': 'gzip',
      'content-type': 'application/apply-patch+yaml',
      'user-agent': 'Helm/3.19',
    });
    for (const name of ['authorization', 'impersonate-user', 'x-remote-user', 'cookie']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it('gives status, headers and bytes as they are', async () => {
    const packed = gzipSync('{"kind":"PodList"}');
    const address = await addressOf((_, response) => {
      response.writeHead(200, {
        'content-encoding': 'gzip',
        'content-type': 'application/json',
        'audit-id': 'one',
        warning: '299 - "old"',
      });
      response.end(packed);
    });
    const answer = await ask(`${address.url}/api/v1/pods`);
    expect(answer.headers).toMatchObject({
      'content-encoding': 'gzip',
      'audit-id': 'one',
      warning: '299 - "old"',
    });
    expect(await buffer(answer)).toEqual(packed);
  });

  it.each([201, 404, 409, 422, 500])('gives an answer of status %i whole', async (status) => {
    const address = await addressOf((_, response) => response.writeHead(status).end('{"a":1}'));
    const answer = await ask(`${address.url}/api/v1/pods`, { method: 'POST', body: '{}' });
    expect([answer.statusCode, await text(answer)]).toEqual([status, '{"a":1}']);
  });

  it('does not wait in place of the program', async () => {
    const address = await addressOf((_, response) => {
      response.writeHead(429, { 'retry-after': '20' }).end();
    });
    const answer = await ask(`${address.url}/api/v1/pods`);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '20']);
  });

  it('passes a large body both ways', async () => {
    const large = Buffer.alloc(12_000_000, 'a');
    const address = await addressOf((asked, response) => asked.pipe(response));
    const options = { method: 'PATCH', body: large };
    const answer = await ask(`${address.url}/api/v1/namespaces/a/pods/b`, options);
    expect((await buffer(answer)).equals(large)).toBe(true);
  });

  it('refuses a body that no API server takes', async () => {
    const address = await addressOf((_, response) => response.end());
    const options = { method: 'PATCH', body: Buffer.alloc(17_000_000) };
    const answer = await ask(`${address.url}/api/v1/namespaces/a/pods/b`, options);
    expect(answer.statusCode).toBe(400);
    answer.resume();
  });

  it('begins a watch before its first event, and gives events as they come', async () => {
    let next = () => {};
    const address = await addressOf((_, response) => {
      response.flushHeaders();
      next = () => void response.write('{"type":"ADDED"}\n');
    });
    const answer = await ask(`${address.url}/api/v1/pods?watch=true`);
    for (let count = 0; count < 3; count++) {
      next();
      const [event] = (await once(answer, 'data')) as [Buffer];
      expect(event.toString()).toBe('{"type":"ADDED"}\n');
    }
    answer.destroy();
  });

  it('ends the request upstream when the program hangs up, and when the address closes', async () => {
    const ended: Promise<unknown>[] = [];
    const address = await addressOf((_, response) => {
      ended.push(once(response, 'close'));
      response.flushHeaders();
    });
    const first = await ask(`${address.url}/api/v1/pods?watch=true`);
    first.on('error', () => undefined).destroy();
    await ended[0];
    const second = await ask(`${address.url}/api/v1/pods?watch=true`);
    second.on('error', () => undefined);
    address.close();
    await ended[1];
    expect(ended).toHaveLength(2);
  });

  it('knows only the tokens of addresses that are open', async () => {
    const asked: string[] = [];
    const address = await addressOf(({ url = '' }, response) => {
      asked.push(url);
      response.end();
    });
    const { origin } = new URL(address.url);
    const other = `${origin}/${'a'.repeat(43)}`;
    for (const base of [
      origin,
      other,
      `${address.url}a`,
      `${origin}/x${new URL(address.url).pathname}`,
    ]) {
      const answer = await ask(`${base}/api/v1/pods`);
      expect([answer.statusCode, await text(answer)]).toEqual([401, '']);
    }
    address.close();
    expect((await ask(`${address.url}/api/v1/pods`)).statusCode).toBe(401);
    expect(asked).toEqual([]);
    expect(new URL(address.url).pathname).toMatch(/^\/[\w-]{43}$/);
  });

  it('gives a refusal as a Status that names the rule', async () => {
    const deny = () => Promise.reject(new ToolError('forbidden', 'Rule "no pods" denies it.'));
    const address = await addressOf((_, response) => response.end('{}'), { decide: deny });
    const answer = await ask(`${address.url}/api/v1/pods`);
    expect(answer.statusCode).toBe(403);
    expect(JSON.parse(await text(answer))).toMatchObject({
      kind: 'Status',
      reason: 'Forbidden',
      code: 403,
      message: 'Rule "no pods" denies it.',
    });
    expect(address.failures.map(({ code }) => code)).toEqual(['forbidden']);
  });

  it('reads what is asked for even where no part decides', async () => {
    const address = await addressOf((_, response) => response.end('{}'));
    for (const path of ['/../other', '/%2e%2e', '/api/v1/namespaces/a%2fb', '/api//v1']) {
      expect((await ask(`${address.url}${path}`)).statusCode).toBe(400);
    }
  });

  it('puts an identity in place of what the program says', async () => {
    const address = await addressOf(
      ({ headers }, response) => response.end(headers['impersonate-user']),
      { identity: () => ({ 'impersonate-user': 'jane' }) },
    );
    const answer = await ask(`${address.url}/api/v1/pods`, {
      headers: { 'impersonate-user': 'x' },
    });
    expect(await text(answer)).toBe('jane');
  });

  it('makes requests in the call that opened the address', async () => {
    const seen: GateRequest[] = [];
    const { signal } = new AbortController();
    const call = {
      tool: 'helm_install',
      category: 'helm',
      executionId: 'one',
      principal: undefined,
      signal,
    };
    const decide = (asked: GateRequest) => void seen.push(asked);
    const address = await callScope.run(call, () =>
      addressOf((_, response) => response.end('{}'), { decide }),
    );
    await text(await ask(`${address.url}/api/v1/namespaces/a/secrets`));
    expect(seen).toMatchObject([{ call, verb: 'list', resource: 'secrets', namespace: 'a' }]);
  });

  it('refuses a WebSocket clearly', async () => {
    const address = await addressOf((_, response) => response.end('{}'));
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    const path = '/api/v1/namespaces/a/pods/b/exec';
    const answer = await ask(`${address.url}${path}`, { headers: upgrade });
    expect(answer.statusCode).toBe(403);
    expect(await text(answer)).toContain('cannot open a WebSocket');
    const foreign = await ask(`${new URL(address.url).origin}/x${path}`, { headers: upgrade });
    expect(foreign.statusCode).toBe(401);
  });

  it('says why the API server cannot be reached', async () => {
    const cluster = lab.cluster('http://127.0.0.1:1');
    const address = await listener.open((asked) => cluster.relay(asked));
    const answer = await ask(`${address.url}/version`);
    expect(answer.statusCode).toBe(503);
    expect(await text(answer)).toContain('cannot be reached: connection refused');
  });
});
