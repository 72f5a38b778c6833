import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createPlainServer, request as plainRequest, type Server } from 'node:http';
import { createServer, request, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, type Credentials } from './fixtures/certificates.js';
import { TrustedProxy } from './trusted-proxy.js';

let folder: string;
let trusted: Authority;
let other: Authority;
let proxy: Credentials;
const servers: Server[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  trusted = new Authority(folder, 'trusted');
  other = new Authority(folder, 'other');
  proxy = trusted.issue('proxy');
  const tls = { ...trusted.issue('server'), requestCert: true, rejectUnauthorized: false };
  // The server takes certificates of both, for other purposes.
  servers.push(createServer({ ...tls, ca: [trusted.cert, other.cert] }), createPlainServer());
  const known = new TrustedProxy({
    ca: trusted.cert,
    userHeader: 'x-user',
    groupsHeader: 'x-groups',
  });
  for (const server of servers) {
    server.on('request', ({ headers, socket }, response) => {
      try {
        const isUnixSocket = typeof server.address() === 'string';
        const principal = known.principalOf({ headers, socket, isUnixSocket });
        response.end(JSON.stringify(principal ?? 'nobody'));
      } catch (error) {
        response.end(JSON.stringify((error as Error).message));
      }
    });
    const where = server === servers[0] ? { port: 0, host: '127.0.0.1' } : { path: socketPath() };
    await new Promise<void>((resolve) => server.listen(where, resolve));
  }
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true });
});

function socketPath(): string {
  return join(folder, 'socket');
}

type Headers = Record<string, string | string[]>;

/** What the server says about who sends headers, with a client certificate or without. */
async function saidOf(headers: Headers, client?: Credentials): Promise<unknown> {
  const { port } = servers[0]!.address() as AddressInfo;
  const options: RequestOptions = { host: '127.0.0.1', port, ca: trusted.cert, agent: false };
  return answerOf(request({ ...options, ...client, headers }));
}

function answerOf(sent: ReturnType<typeof request>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    sent.on(
      'response',
      (response) => void text(response).then((body) => resolve(JSON.parse(body)), reject),
    );
    sent.on('error', reject).end();
  });
}

const ALICE = { 'x-user': 'alice', 'x-groups': 'ops, dev' };

describe('TrustedProxy', () => {
  it('takes user and groups from a peer with a certificate of the authority', async () => {
    await expect(saidOf(ALICE, proxy)).resolves.toEqual({
      id: 'proxy:alice',
      name: 'alice',
      groups: ['ops', 'dev'],
    });
  });

  it('takes them from whoever may open the Unix socket', async () => {
    const sent = plainRequest({ socketPath: socketPath(), headers: ALICE, agent: false });
    await expect(answerOf(sent)).resolves.toMatchObject({ name: 'alice' });
  });

  it('takes nothing from a peer without a certificate', async () => {
    await expect(saidOf(ALICE)).resolves.toBe('nobody');
  });

  it('takes nothing from a peer of another authority that the server takes too', async () => {
    await expect(saidOf(ALICE, other.issue('proxy'))).resolves.toBe('nobody');
  });

  it('takes nothing from an authority that only has the same name', async () => {
    const impostor = new Authority(mkdtempSync(join(folder, 'impostor-')), 'trusted');
    await expect(saidOf(ALICE, impostor.issue('proxy'))).resolves.toBe('nobody');
  });

  it('leaves a caller whom the proxy does not name to other credentials', async () => {
    await expect(saidOf({ 'x-groups': 'ops' }, proxy)).resolves.toBe('nobody');
  });

  it.each<[string, Headers]>([
    ['two users', { 'x-user': ['mallory', 'alice'] }],
    ['an empty user', { 'x-user': '' }],
    ['a long user', { 'x-user': 'a'.repeat(257) }],
  ])('refuses %s', async (_, headers) => {
    await expect(saidOf(headers, proxy)).resolves.toContain('not valid here');
  });

  it('needs authorities that are certificates', () => {
    const settings = { userHeader: 'x-user', groupsHeader: 'x-groups' };
    expect(() => new TrustedProxy({ ...settings, ca: 'none' })).toThrow('no certificate');
  });
});
