import { chmodSync, lstatSync, mkdtempSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname, join } from 'node:path';

/** The user and the group of the server may connect. */
const MODE = 0o660;

/** Bytes of a path that the kernel takes, without the zero at its end (`sun_path`, Linux). */
const MAX_BYTES = 107;

/**
 * Makes a Unix socket that nobody can connect to before its mode is set. A server listens on it in
 * a folder of its own user first, and then it gets its name.
 * @param listen listens on the path that it gets
 * @throws Error naming the path and why it cannot be a socket
 */
export async function listenOnSocket(
  path: string,
  server: Server,
  listen: (path: string) => Promise<unknown>,
): Promise<void> {
  const mine = join(dirname(path), '.XXXXXX', 's');
  if (Buffer.byteLength(path) > MAX_BYTES || Buffer.byteLength(mine) > MAX_BYTES) {
    throw new Error(`HOST: the path of a Unix socket has at most ${MAX_BYTES} bytes: ${path}`);
  }
  await refuseTaken(path);
  const folder = makeFolder(path);
  try {
    const first = join(folder, 's');
    await listen(first);
    chmodSync(first, MODE);
    renameSync(first, path);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { ino } = lstatSync(path);
  server.once('close', () => remove(path, ino));
}

function makeFolder(path: string): string {
  try {
    return mkdtempSync(`${dirname(path)}/.`);
  } catch (cause) {
    throw new Error(`HOST: cannot make the socket ${path}: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

/** @throws Error unless there is nothing, or the socket of a server that is gone */
async function refuseTaken(path: string): Promise<void> {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (!facts) return;
  if (!facts.isSocket()) {
    throw new Error(`HOST: ${path} is no socket. Move it away, or choose another path.`);
  }
  const code = await connectionFault(path);
  if (code === 'ECONNREFUSED') return;
  throw new Error(
    code === undefined
      ? `HOST: another server listens on ${path}. Stop it, or choose another path.`
      : `HOST: cannot tell whether another server listens on ${path} (${code}).`,
  );
}

/** Why nobody can connect to a socket; undefined if a server takes the connection. */
function connectionFault(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'unknown'));
  });
}

/** Removes the socket, unless another server has taken its place. */
function remove(path: string, ino: number): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.ino === ino) unlinkSync(path);
}
