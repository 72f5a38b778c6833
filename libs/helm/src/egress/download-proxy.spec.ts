import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectBy, DownloadLab, getBy } from '../../fixtures/download-lab.js';
import { DownloadProxy } from './download-proxy.js';

const lab = new DownloadLab();
afterEach(() => lab.close());

const PUBLIC = ['93.184.215.14'];

/** A server that says its own address, then echoes. */
const echo = () =>
  createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`${socket.localAddress}\n`);
    socket.pipe(socket);
  });

const text = async (socket: Socket) => String((await once(socket, 'data'))[0]);

describe(DownloadProxy.name, () => {
  it('tunnels to a host that is listed, and passes bytes both ways', async () => {
    const port = await lab.listen(echo());
    const run = await lab.open(['charts.test'], ['127.0.0.1']);
    const { status, socket } = await connectBy(run, `Charts.test.:${port}`);
    expect(status).toBe(200);
    expect(await text(socket)).toBe('127.0.0.1\n');
    socket.write('hello');
    expect(await text(socket)).toBe('hello');
    expect([lab.lookups, run.failures]).toEqual([['charts.test'], []]);
  });

  it.each([
    ['169.254.169.254:443', '169.254.169.254'],
    ['10.0.0.1:443', '10.0.0.1'],
    ['[::1]:443', '::1'],
    ['[::ffff:10.0.0.1]:443', '::ffff:a00:1'],
    ['2130706433:443', '127.0.0.1'],
    ['0x7f.1:443', '127.0.0.1'],
  ])('refuses a tunnel to %s, and says what would allow it', async (authority, host) => {
    const run = await lab.open([]);
    const { status, reason } = await connectBy(run, authority);
    expect(status).toBe(403);
    expect(reason).toContain(`Nothing is downloaded from "${host}"`);
    expect(reason).toContain('HELM_ALLOWED_HOSTS');
    expect(run.failures).toMatchObject([{ code: 'forbidden', message: reason }]);
  });

  it('refuses a name that may lead inside, though it leads outside too', async () => {
    const run = await lab.open([], [...PUBLIC, '10.0.0.1']);
    const { status, reason } = await connectBy(run, 'charts.test:443');
    expect([status, reason]).toEqual([403, expect.stringContaining('"charts.test": it is at 10.')]);
  });

  it('connects to the address that it has checked, whatever the DNS answers next', async () => {
    const port = await lab.listen(echo(), '127.0.0.2');
    await lab.listen(echo(), '127.0.0.1', port);
    const run = await lab.open(['127.0.0.2'], ['127.0.0.2'], ['127.0.0.1']);
    const first = await connectBy(run, `charts.test:${port}`);
    expect([await text(first.socket), lab.lookups]).toEqual(['127.0.0.2\n', ['charts.test']]);
    const second = await connectBy(run, `charts.test:${port}`);
    expect([second.status, run.failures]).toMatchObject([403, [{ code: 'forbidden' }]]);
  });

  it('says of a host that is not there that it is not', async () => {
    const run = await lab.open([]);
    expect((await connectBy(run, 'charts.test:443')).status).toBe(502);
    expect(run.failures).toMatchObject([{ code: 'unavailable' }]);
    const closed = await lab.open(['127.0.0.1']);
    const { reason } = await connectBy(closed, '127.0.0.1:1');
    expect(reason).toBe('Nothing is downloaded: "127.0.0.1" cannot be reached (ECONNREFUSED).');
  });

  describe('without TLS', () => {
    it('forwards requests to a host that is listed, without what is for the proxy', async () => {
      const server = createHttpServer(({ url, headers }, response) => {
        response.end(JSON.stringify({ url, host: headers.host, all: Object.keys(headers) }));
      });
      const port = await lab.listen(server);
      const run = await lab.open(['charts.test'], ['127.0.0.1']);
      const { status, body } = await getBy(run, `http://charts.test:${port}/index.yaml?a=b`);
      expect([status, JSON.parse(body)]).toEqual([
        200,
        { url: '/index.yaml?a=b', host: `charts.test:${port}`, all: ['host', 'connection'] },
      ]);
    });

    it('refuses a public host that is not listed', async () => {
      const run = await lab.open([], PUBLIC);
      const { status, reason } = await getBy(run, 'http://charts.test/index.yaml');
      expect([status, reason]).toEqual([403, expect.stringContaining('over plain HTTP')]);
      expect(reason).toContain('HELM_ALLOWED_HOSTS');
    });

    it.each([
      'http://127.0.0.1:1/x',
      '//localhost/x',
      'https://[::1]/x',
      'http://169.254.169.254/',
    ])('refuses a redirect to %s, which a program may follow without a proxy', async (location) => {
      const server = createHttpServer((_request, response) => {
        response.writeHead(302, { location }).end();
      });
      const port = await lab.listen(server);
      const run = await lab.open(['charts.test'], ['127.0.0.1']);
      const { status } = await getBy(run, `http://charts.test:${port}/a.tgz`);
      expect([status, run.failures]).toMatchObject([403, [{ code: 'forbidden' }]]);
    });

    it('lets other redirects pass', async () => {
      const location = 'https://other.test/a.tgz';
      const server = createHttpServer((_request, response) => {
        response.writeHead(302, { location }).end();
      });
      const port = await lab.listen(server);
      const run = await lab.open(['charts.test'], ['127.0.0.1']);
      expect((await getBy(run, `http://charts.test:${port}/a.tgz`)).status).toBe(302);
    });

    it('breaks off what its host breaks off', async () => {
      const server = createHttpServer((_request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('a');
        setTimeout(() => response.destroy(), 20);
      });
      const port = await lab.listen(server);
      const run = await lab.open(['charts.test'], ['127.0.0.1']);
      await expect(getBy(run, `http://charts.test:${port}/a.tgz`)).rejects.toThrow('aborted');
    });
  });

  describe('is for one run', () => {
    it('asks for the password of one', async () => {
      const port = await lab.listen(echo());
      const run = await lab.open(['127.0.0.1']);
      const wrong = run.env['HTTPS_PROXY']!.replace(/\/\/.{5}/, '//wrong');
      const stranger = { ...run, env: { HTTPS_PROXY: wrong } };
      expect((await connectBy(stranger, `127.0.0.1:${port}`)).status).toBe(407);
      expect((await getBy(stranger, `http://127.0.0.1:${port}/`)).status).toBe(407);
      expect((await connectBy(run, `127.0.0.1:${port}`)).status).toBe(200);
      run.close();
      expect((await connectBy(run, `127.0.0.1:${port}`)).status).toBe(407);
    });

    it('ends its tunnels with it, and leaves those of others', async () => {
      const ended: string[] = [];
      const server = createServer((socket) => {
        socket
          .on('error', () => undefined)
          .on('data', (name) => {
            socket.on('close', () => ended.push(String(name)));
            socket.write('noted');
          });
      });
      const port = await lab.listen(server);
      const runs = [await lab.open(['127.0.0.1']), await lab.open(['127.0.0.1'])];
      const tunnels = await Promise.all(runs.map((run) => connectBy(run, `127.0.0.1:${port}`)));
      for (const [index, { socket }] of tunnels.entries()) {
        socket.write(String(index));
        expect(await text(socket)).toBe('noted');
      }
      const [one, other] = tunnels.map(({ socket }) => socket) as [Socket, Socket];
      const closed = once(one, 'close');
      runs[0]!.close();
      await closed;
      await expect.poll(() => ended).toEqual(['0']);
      other.write('more');
      expect(await text(other)).toBe('noted');
    });
  });

  it('takes no more from a host than a slow program reads', async () => {
    const total = 64 * 1024 * 1024;
    let sent = 0;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      const piece = Buffer.alloc(64 * 1024);
      const more = () => {
        while (sent < total) {
          sent += piece.length;
          if (!socket.write(piece)) return void socket.once('drain', more);
        }
        socket.end();
      };
      more();
    });
    const port = await lab.listen(server);
    const run = await lab.open(['127.0.0.1']);
    const { socket } = await connectBy(run, `127.0.0.1:${port}`);
    socket.pause();
    let before = -1;
    await expect
      .poll(
        () => {
          const isStill = before === sent;
          before = sent;
          return isStill;
        },
        { interval: 200 },
      )
      .toBe(true);
    expect(sent).toBeLessThan(total / 2);
    let read = 0;
    for await (const piece of socket) read += (piece as Buffer).length;
    expect(read).toBe(total);
  });
});
