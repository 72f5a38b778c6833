import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Authority, type Credentials } from './fixtures/certificates.js';
import { ServerCertificate } from './server-certificate.js';

const LOOK_EVERY_MS = 20;

let folder: string;
let authority: Authority;
let server: Server | undefined;
let complaints: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  authority = new Authority(folder, 'authority');
  complaints = [];
  vi.spyOn(Logger.prototype, 'log').mockReturnValue();
  vi.spyOn(Logger.prototype, 'error').mockImplementation((text) => {
    complaints.push(String(text));
  });
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function files() {
  return { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
}

function write({ cert, key }: Credentials): void {
  writeFileSync(files().certFile, cert);
  writeFileSync(files().keyFile, key);
}

/** Serves with the certificate in the files. */
async function serve(proxyCa = ''): Promise<void> {
  const trustedProxy = { ca: proxyCa, userHeader: 'x-user', groupsHeader: 'x-groups' };
  const certificate = ServerCertificate.of({ tls: files(), trustedProxy }, LOOK_EVERY_MS)!;
  server = createServer(certificate.options, (_request, response) => response.end('served'));
  certificate.renewOn(server);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
}

/** Connects as a client that trusts the authority. */
function connected(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { port } = server!.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, ...options }, () =>
      resolve(socket),
    );
    socket.once('error', reject);
  });
}

/** Whose certificate a new connection is shown. */
async function shownName(): Promise<unknown> {
  const socket = await connected();
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

describe(ServerCertificate.name, () => {
  it('is there where files are set', () => {
    expect(ServerCertificate.of({ tls: undefined, trustedProxy: undefined })).toBeUndefined();
  });

  it('shows a new one to new connections, and open ones go on', async () => {
    write(authority.issue('first'));
    await serve();
    const open = await connected();
    await expect(shownName()).resolves.toBe('first');
    write(authority.issue('second'));
    await expect.poll(shownName).toBe('second');
    open.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    const [answer] = await new Promise<[Buffer]>((resolve) =>
      open.once('data', (data: Buffer) => resolve([data])),
    );
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 [^]*served/);
    open.destroy();
  });

  it.each<[string, () => void]>([
    ['is no certificate', () => writeFileSync(files().certFile, 'none')],
    ['is empty', () => writeFileSync(files().keyFile, '')],
    ['has another key', () => writeFileSync(files().keyFile, authority.issue('other').key)],
    ['is gone', () => rmSync(files().keyFile)],
  ])('keeps the one before while a file %s, and says so', async (_fault, spoil) => {
    write(authority.issue('first'));
    await serve();
    spoil();
    await expect.poll(() => complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(/^TLS_CERT_FILE .*tls\.crt.*The TLS certificate before stays/);
    await expect(shownName()).resolves.toBe('first');
    write(authority.issue('second'));
    await expect.poll(shownName).toBe('second');
  });

  it('does not speak TLS before 1.2', async () => {
    write(authority.issue('first'));
    await serve();
    const old: ConnectionOptions = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' };
    await expect(connected({ ...old, ciphers: 'DEFAULT@SECLEVEL=0' })).rejects.toThrow(
      /protocol version/,
    );
    const socket = await connected({ maxVersion: 'TLSv1.2' });
    expect(socket.getProtocol()).toBe('TLSv1.2');
    socket.destroy();
  });

  it.each(['', 'with a proxy that may prove itself'])(
    'serves without one of the client %s',
    async (how) => {
      write(authority.issue('first'));
      await serve(how && authority.cert);
      await expect(shownName()).resolves.toBe('first');
    },
  );

  it.each<[string, () => void]>([
    ['a file is missing', () => rmSync(files().certFile)],
    ['a file is no certificate', () => writeFileSync(files().certFile, 'none')],
    ['the certificate is empty', () => writeFileSync(files().certFile, '')],
    ['the key is empty', () => writeFileSync(files().keyFile, '')],
    ['the key is of another', () => writeFileSync(files().keyFile, authority.issue('other').key)],
  ])('stops the start if %s', (_fault, spoil) => {
    write(authority.issue('first'));
    spoil();
    expect(() => ServerCertificate.of({ tls: files(), trustedProxy: undefined })).toThrow(
      /TLS_CERT_FILE \(.*tls\.crt\) and TLS_KEY_FILE \(.*tls\.key\) are no certificate with its key/,
    );
  });
});
