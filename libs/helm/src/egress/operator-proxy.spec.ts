import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectBy, DownloadLab, getBy } from '../../fixtures/download-lab.js';
import { tunnelThrough } from './operator-proxy.js';

const lab = new DownloadLab();
/** What the proxy of the operator was asked for. */
let asked: string[];
let port: number;
beforeEach(async () => {
  asked = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('from the host');
  });
  port = await lab.listen(server);
});
afterEach(() => {
  vi.unstubAllEnvs();
  lab.close();
});

function join(client: Socket): Socket {
  const upstream = connect(port, '127.0.0.1');
  for (const socket of [client, upstream]) socket.on('error', () => undefined);
  upstream.pipe(client).pipe(upstream);
  return upstream;
}

/** A proxy that knows one user (RFC 9110, 9.3.6). Each tunnel leads to the host of the test. */
function httpProxy(): HttpServer {
  const isKnown = (login = '') => login === `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  const server = createHttpServer(({ url = '', headers }, response) => {
    asked.push(url);
    response.writeHead(isKnown(headers['proxy-authorization']) ? 200 : 407).end('from the proxy');
  });
  return server.on('connect', ({ url = '', headers }, client: Socket) => {
    asked.push(url);
    const isGood = isKnown(headers['proxy-authorization']);
    client.write(`HTTP/1.1 ${isGood ? '200 OK' : '407 No'}\r\n\r\n`);
    if (isGood) join(client);
    else client.end();
  });
}

/** A SOCKS 5 proxy that knows the same user (RFC 1928, RFC 1929). */
function socksProxy(): Server {
  return createServer((client) => {
    void (async () => {
      client.on('error', () => undefined);
      await once(client, 'data');
      client.write(Buffer.from([5, 2]));
      const [login] = (await once(client, 'data')) as [Buffer];
      const isKnown = login.equals(Buffer.from('\u0001\u0002me\u0004p@ss'));
      client.write(Buffer.from([1, isKnown ? 0 : 1]));
      if (!isKnown) return client.end();
      const [target] = (await once(client, 'data')) as [Buffer];
      const length = target[4] ?? 0;
      const name = target.subarray(5, 5 + length).toString();
      asked.push(`${name}:${target.readUInt16BE(5 + length)}`);
      client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]));
      join(client);
    })();
  });
}

const textOf = async (socket: Socket) => (await socket.toArray()).join('');

describe(tunnelThrough.name, () => {
  const PROXIES = { http: httpProxy, socks5: socksProxy };
  describe.each(['http', 'socks5'] as const)('a proxy of %s', (kind) => {
    const use = async (login: string) => {
      const url = `${kind}://${login}@127.0.0.1:${await lab.listen(PROXIES[kind]())}`;
      vi.stubEnv('HTTPS_PROXY', url);
      vi.stubEnv('HTTP_PROXY', url);
    };

    it('is asked by name for a host that only it knows', async () => {
      await use('me:p%40ss');
      const { status, socket } = await connectBy(await lab.open([]), 'charts.test:8443');
      expect([status, await textOf(socket), asked]).toEqual([
        200,
        'from the host',
        ['charts.test:8443'],
      ]);
    });

    it('is not asked for an address that nothing is downloaded from', async () => {
      await use('me:p%40ss');
      const run = await lab.open([], ['10.0.0.1']);
      expect((await connectBy(run, '169.254.169.254:443')).status).toBe(403);
      expect((await connectBy(run, 'inside.test:443')).status).toBe(403);
      expect((await getBy(run, 'http://inside.test/')).status).toBe(403);
      expect(asked).toEqual([]);
    });

    it('is not asked for what NO_PROXY names', async () => {
      await use('me:p%40ss');
      vi.stubEnv('NO_PROXY', '.test');
      const run = await lab.open(['charts.test'], ['127.0.0.1']);
      const { socket } = await connectBy(run, `charts.test:${port}`);
      expect([await textOf(socket), asked]).toEqual(['from the host', []]);
    });

    it('that refuses is named', async () => {
      await use('me:wrong');
      const run = await lab.open([]);
      expect((await connectBy(run, 'charts.test:443')).status).toBe(502);
      const message = expect.stringMatching(/"charts.test": the proxy 127\.0\.0\.1:\d+ /) as string;
      expect(run.failures).toMatchObject([{ code: 'unavailable', message }]);
    });
  });

  it('hands requests without TLS to a proxy of http as they are', async () => {
    vi.stubEnv('HTTP_PROXY', `http://me:p%40ss@127.0.0.1:${await lab.listen(httpProxy())}`);
    const run = await lab.open(['charts.test']);
    expect(await getBy(run, 'http://charts.test/index.yaml')).toMatchObject({
      status: 200,
      body: 'from the proxy',
    });
    expect(asked).toEqual(['http://charts.test/index.yaml']);
  });
});
