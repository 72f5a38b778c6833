import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Authority,
  type Credentials,
} from '../libs/access/src/authentication/fixtures/certificates.js';
import { sendTo, type Sending } from './support/https-client.js';
import { startServer, type RunningServer } from './support/server.js';

const ALICE = { 'x-user': 'alice', 'x-groups': 'ops' };

let folder: string;
let authority: Authority;
let proxies: Authority;
let server: RunningServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
  authority = new Authority(folder, 'authority');
  proxies = new Authority(folder, 'proxies');
  writeFileSync(join(folder, 'proxies.pem'), proxies.cert);
  use(authority.issue('first'));
  server = await startServer(settings());
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function settings(): Record<string, string> {
  return {
    AUTH: '',
    XDG_STATE_HOME: folder,
    TLS_CERT_FILE: join(folder, 'tls.crt'),
    TLS_KEY_FILE: join(folder, 'tls.key'),
    TRUSTED_PROXY_CA: join(folder, 'proxies.pem'),
    TRUSTED_PROXY_USER_HEADER: 'X-User',
    TRUSTED_PROXY_GROUPS_HEADER: 'X-Groups',
  };
}

/** Puts a certificate where the server reads it. */
function use({ cert, key }: Credentials): void {
  writeFileSync(join(folder, 'tls.crt'), cert);
  writeFileSync(join(folder, 'tls.key'), key);
}

function send(path: string, sending: Sending = {}) {
  return sendTo(`${server.url}${path}`, { ca: authority.cert, ...sending });
}

function portOf({ url }: RunningServer): number {
  return Number(new URL(url).port);
}

/** Whose certificate a new connection is shown. */
function shownName(): Promise<unknown> {
  const port = portOf(server);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

it('serves over TLS, and says so', async () => {
  expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  await expect(send('/health')).resolves.toMatchObject({ status: 200 });
  await expect(send('/engine/v1/tools')).resolves.toMatchObject({ status: 401 });
});

it('lets a page of its own origin call it, and no page of the same name without TLS', async () => {
  const path = '/openapi.json';
  const own = await send(path, { headers: { origin: server.url } });
  const other = await send(path, { headers: { origin: server.url.replace('https', 'http') } });
  expect([own.status, other.status]).toEqual([200, 403]);
});

it('closes a connection that speaks plain HTTP, and goes on', async () => {
  const socket = connectPlain(portOf(server), '127.0.0.1');
  socket.end('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  const answer = await text(socket).catch((error: Error) => error.message);
  expect(answer).toMatch(/^$|ECONNRESET|^HTTP\/1\.1 400/);
  await expect(send('/health')).resolves.toMatchObject({ status: 200 });
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
});

describe('a proxy that says who calls', () => {
  it('is believed if it has a certificate of the given authority', async () => {
    const proxy = proxies.issue('proxy');
    const started = await send('/engine/v1/tools/k8s/wait_for_x_seconds/execute', {
      ...proxy,
      headers: { ...ALICE, prefer: 'respond-async' },
      body: { seconds: 0 },
    });
    expect(started.status).toBe(202);
    const { execution_id } = JSON.parse(started.body) as { execution_id: string };
    const statusFor = async (user: string) => {
      const headers = { ...ALICE, 'x-user': user };
      return (await send(`/engine/v1/executions/${execution_id}/output`, { ...proxy, headers }))
        .status;
    };
    await expect.poll(() => statusFor('alice')).toBe(200);
    expect(await statusFor('bob')).toBe(404);
  });

  it.each<[string, () => Sending]>([
    ['no certificate', () => ({})],
    ['a certificate of another authority', () => new Authority(folder, 'foreign').issue('proxy')],
    ['a certificate of the authority of the server', () => authority.issue('proxy')],
    [
      'a certificate of an authority of the same name',
      () => new Authority(mkdtempSync(join(folder, 'impostor-')), 'proxies').issue('proxy'),
    ],
  ])('is not believed with %s', async (_what, client) => {
    const { status } = await send('/engine/v1/tools', { ...client(), headers: ALICE });
    expect(status).toBe(401);
  });
});

it('takes a new certificate under load, and drops no connection', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: authority.cert });
  const over = new AbortController();
  let served = 0;
  const callers = Array.from({ length: 16 }, async (_, index) => {
    // Half of them make a new connection for each request.
    const sending = index % 2 === 0 ? { agent } : {};
    while (!over.signal.aborted) {
      const { status } = await send('/health', sending);
      expect(status).toBe(200);
      served += 1;
    }
  });
  for (const name of ['second', 'third', 'fourth']) {
    use(authority.issue(name));
    await expect.poll(shownName).toBe(name);
  }
  const before = served;
  await expect.poll(() => served).toBeGreaterThan(before + 100);
  over.abort();
  await Promise.all(callers);
  agent.destroy();
});

it('keeps the certificate before when the files go wrong, and says so', async () => {
  const name = await shownName();
  writeFileSync(join(folder, 'tls.crt'), 'none');
  const complaints = () => server.log.filter(({ msg }) => msg.includes('stays in force'));
  await expect.poll(complaints).not.toEqual([]);
  expect(await shownName()).toBe(name);
});

it.each<[string, Record<string, string>, string]>([
  ['files that are no certificate', { TLS_CERT_FILE: '/dev/null' }, 'TLS_CERT_FILE'],
  [
    'a proxy that could not show its certificate',
    { TLS_CERT_FILE: '', TLS_KEY_FILE: '' },
    'TRUSTED_PROXY_CA needs TLS_CERT_FILE',
  ],
])('does not start with %s', async (_what, env, named) => {
  use(authority.issue('last'));
  await expect(startServer({ ...settings(), ...env })).rejects.toThrow(named);
});

describe('a client that holds on to its connection', () => {
  let own: RunningServer;
  beforeAll(async () => {
    use(authority.issue('last'));
    // The kernel takes some megabytes, of which the server knows nothing.
    const env = { MAX_UNREAD_SECONDS: '1', MAX_UNREAD_BYTES_PER_CLIENT: '64000000' };
    own = await startServer({ ...settings(), ...env });
  });

  it('is dropped if it does not read what it has asked for', async () => {
    const one = (await sendTo(`${own.url}/openapi.json`, { ca: authority.cert })).body.length;
    const count = Math.ceil(32_000_000 / one);
    const socket = connect({ host: '127.0.0.1', port: portOf(own), ca: authority.cert });
    await once(socket, 'secureConnect');
    socket.pause();
    socket.write('GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(count));
    await pause(4_000);
    let read = 0;
    socket
      .on('data', (data: Buffer) => (read += data.length))
      .on('error', () => {})
      .resume();
    await once(socket, 'close');
    expect(read).toBeLessThan(one * count);
  });

  it('does not hold up the end of the server before its handshake', async () => {
    const socket = connectPlain(portOf(own), '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    expect(await own.stop()).toBe(0);
  });
});

it('listens on all addresses with TLS and a proxy', async () => {
  use(authority.issue('last'));
  const open = await startServer({ ...settings(), HOST: '0.0.0.0' });
  try {
    const answer = await sendTo(`${open.url}/health`, { ca: authority.cert });
    expect(answer.status).toBe(200);
  } finally {
    await open.stop();
  }
});
