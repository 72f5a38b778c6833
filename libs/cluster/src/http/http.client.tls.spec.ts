import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpLab, pem } from '../../fixtures/http-lab.js';
import type { TlsOptions } from './connection/connection.js';

const lab = new HttpLab();
afterEach(() => lab.close());

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
        const { subject } = (request.socket as TLSSocket).getPeerCertificate();
        response.end(JSON.stringify({ subject: subject?.CN ?? null }));
      },
    );
    return `https://127.0.0.1:${await lab.listen(server)}`;
  };

  it('shows its client certificate', async () => {
    const tls = { ca: pem('ca'), cert: pem('client'), key: pem('client-key') };
    const { body } = await lab.client(await tlsServer(), {}, tls).send('/x', {});
    expect(body.toString()).toBe('{"subject":"test client"}');
  });

  it('refuses a server that its authority does not vouch for, and says why', async () => {
    await expect(lab.client(await tlsServer()).send('/x', {})).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/certificate/) as string,
    });
  });

  it('takes any server where the kubeconfig says so', async () => {
    const client = lab.client(await tlsServer(), {}, { rejectUnauthorized: false });
    await expect(client.send('/x', {})).resolves.toMatchObject({ status: 200 });
  });

  it('checks the server against tls-server-name', async () => {
    const url = await tlsServer();
    await lab.client(url, {}, { ca: pem('ca'), servername: 'api.test' }).send('/x', {});
    await expect(
      lab.client(url, {}, { ca: pem('ca'), servername: 'other.test' }).send('/x', {}),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('uses certificates that have been renewed', async () => {
    const url = await tlsServer();
    let tls: TlsOptions = { ca: pem('ca') };
    const client = lab.client(url, { tls: () => tls });
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
      lab.onClose(() => upstream.destroy());
    });
    const proxyUrl = new URL(`http://127.0.0.1:${await lab.listen(proxy)}`);
    const tls = { ca: pem('ca'), cert: pem('client'), key: pem('client-key') };
    const { body } = await lab.client(url, { proxy: proxyUrl }, tls).send('/x', {});
    expect(body.toString()).toBe('{"subject":"test client"}');
    expect(tunnels).toEqual([new URL(url).host]);
  });
});
