import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenOnSocket } from './unix-socket.js';

let folder: string;
let path: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'socket-'));
  path = join(folder, 'skyflo.sock');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map(closed));
  rmSync(folder, { recursive: true });
});

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve));
}

/** A server on the path that says a word to who connects. */
async function serve(word: string, at = path): Promise<Server> {
  // One that only looks whether there is a server hangs up at once.
  const server = createServer((socket) => socket.on('error', () => {}).end(word));
  await listenOnSocket(at, server, async (first) => {
    server.listen(first);
    await once(server, 'listening');
  });
  servers.push(server);
  return server;
}

function said(): Promise<string> {
  return text(connect(path));
}

/** Leaves the socket of a server that was killed. */
function leaveSocket(): void {
  const script = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script, path]);
}

describe(listenOnSocket, () => {
  it('makes a socket for the user and the group of the server, and nothing beside it', async () => {
    await serve('first');
    expect(statSync(path).mode & 0o7777).toBe(0o660);
    expect(readdirSync(folder)).toEqual(['skyflo.sock']);
    await expect(said()).resolves.toBe('first');
  });

  it('removes it at the end', async () => {
    const server = await serve('first');
    servers.length = 0;
    await closed(server);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes the place of a server that is gone', async () => {
    leaveSocket();
    expect(statSync(path).isSocket()).toBe(true);
    await serve('second');
    await expect(said()).resolves.toBe('second');
  });

  it('leaves that of a living server alone', async () => {
    await serve('first');
    await expect(serve('second')).rejects.toThrow(`another server listens on ${path}`);
    await expect(said()).resolves.toBe('first');
    expect(readdirSync(folder)).toEqual(['skyflo.sock']);
  });

  it('leaves the socket of a successor alone at its end', async () => {
    const first = await serve('first');
    rmSync(path);
    await serve('second');
    servers.shift();
    await closed(first);
    await expect(said()).resolves.toBe('second');
  });

  it('leaves what is no socket alone', async () => {
    writeFileSync(path, 'kept');
    await expect(serve('first')).rejects.toThrow(`${path} is no socket`);
    expect(statSync(path).isFile()).toBe(true);
  });

  it.each<[string, () => string, string]>([
    ['in no folder', () => join(folder, 'none', 'sock'), 'cannot make the socket'],
    ['that is too long', () => join(folder, 'a'.repeat(108)), 'at most 107 bytes'],
  ])('refuses a path %s', async (_what, at, fault) => {
    await expect(serve('first', at())).rejects.toThrow(fault);
    expect(existsSync(at())).toBe(false);
  });
});
