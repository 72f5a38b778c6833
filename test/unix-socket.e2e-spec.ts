import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendTo, type Sending } from './support/https-client.js';
import { startServer, type RunningServer } from './support/server.js';

let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unix-'));
  server = await startServer(settings());
});
afterAll(() => rmSync(folder, { recursive: true }));

function settings(): Record<string, string> {
  const user = { TRUSTED_PROXY_USER_HEADER: 'X-User' };
  return { AUTH: '', XDG_STATE_HOME: folder, HOST: `unix:${path()}`, ...user };
}

function path(): string {
  return join(folder, 'skyflo.sock');
}

function send(at: string, sending: Sending = {}) {
  return sendTo(`http://localhost${at}`, { socketPath: path(), ...sending });
}

it('listens on the socket, and says so', async () => {
  expect(server.url).toBe(`unix:${path()}`);
  expect(statSync(path()).mode & 0o777).toBe(0o660);
  await expect(send('/health')).resolves.toMatchObject({ status: 200 });
});

it('believes whoever may connect when it says who calls', async () => {
  const alice = { 'x-user': 'alice' };
  const body = { seconds: 0 };
  const at = '/engine/v1/tools/k8s/wait_for_x_seconds/execute';
  const { status, body: text } = await send(at, { headers: alice, body });
  expect([status, text]).toEqual([200, expect.stringContaining('"status":"success"')]);
  const { execution_id } = JSON.parse(text) as { execution_id: string };
  const own = await send(`/engine/v1/executions/${execution_id}`, { headers: alice });
  const of = { 'x-user': 'bob' };
  const foreign = await send(`/engine/v1/executions/${execution_id}`, { headers: of });
  expect([own.status, foreign.status]).toEqual([200, 404]);
  expect((await send(at, { body })).status).toBe(401);
});

it('is not started twice', async () => {
  await expect(startServer(settings())).rejects.toThrow(`another server listens on ${path()}`);
  await expect(send('/health')).resolves.toMatchObject({ status: 200 });
});

it('is started again after it was killed, and leaves nothing at its end', async () => {
  await server.stop('SIGKILL');
  expect(existsSync(path())).toBe(true);
  server = await startServer(settings());
  await expect(send('/health')).resolves.toMatchObject({ status: 200 });
  expect(await server.stop()).toBe(0);
  expect(existsSync(path())).toBe(false);
});

it.each<[string, Record<string, string>, string]>([
  ['a path without "unix:"', { HOST: '/run/skyflo.sock' }, 'unix:/run/skyflo.sock'],
  ['a relative path', { HOST: 'unix:skyflo.sock' }, 'unix:/run/skyflo.sock'],
  ['headers of a proxy over TCP that cannot prove itself', { HOST: '' }, 'TRUSTED_PROXY_CA'],
])('does not start with %s', async (_what, env, named) => {
  await expect(startServer({ ...settings(), ...env })).rejects.toThrow(named);
});
