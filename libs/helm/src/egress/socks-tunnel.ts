import { once } from 'node:events';
import type { Socket } from 'node:net';

const VERSION = 5;
const CONNECT = 1;
const IS_NAME = 3;

/** How to prove oneself (RFC 1928, section 3; RFC 1929). */
const NO_PROOF = 0;
const PASSWORD = 2;

/** The bytes of an address in the answer, by its type. A name is preceded by its length. */
const ADDRESS_BYTES: Record<number, number> = { 1: 4, 4: 16 };

/**
 * Asks a SOCKS 5 proxy for a connection to a host (RFC 1928). The proxy finds the host by its name.
 * @throws Error that says why it does not connect
 */
export async function openSocksTunnel(
  socket: Socket,
  proxy: URL,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  await logIn(socket, proxy, signal);
  const name = Buffer.from(host);
  const target = [VERSION, CONNECT, 0, IS_NAME, name.length, ...name, port >> 8, port & 255];
  socket.write(Buffer.from(target));
  const [, code = 0, , type = 0] = await take(socket, 4, signal);
  if (code !== 0) throw new Error(`code ${code}`);
  const length = ADDRESS_BYTES[type] ?? (await take(socket, 1, signal))[0] ?? 0;
  await take(socket, length + 2, signal);
}

async function logIn(socket: Socket, proxy: URL, signal: AbortSignal): Promise<void> {
  const [user, password] = [proxy.username, proxy.password].map((text) =>
    Buffer.from(decodeURIComponent(text)),
  ) as [Buffer, Buffer];
  const offered = user.length > 0 ? PASSWORD : NO_PROOF;
  socket.write(Buffer.from([VERSION, 1, offered]));
  const [, chosen] = await take(socket, 2, signal);
  if (chosen !== offered) throw new Error('it asks for another kind of login');
  if (offered === NO_PROOF) return;
  socket.write(Buffer.from([1, user.length, ...user, password.length, ...password]));
  const [, status] = await take(socket, 2, signal);
  if (status !== 0) throw new Error('it does not take the user and password');
}

/** Reads exactly some bytes, and leaves what follows. */
async function take(socket: Socket, length: number, signal: AbortSignal): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(length) as Buffer | null;
    if (bytes?.length === length) return bytes;
    if (bytes !== null || socket.readableEnded) throw new Error('it hung up');
    await readableOrEnded(socket, signal);
  }
}

async function readableOrEnded(socket: Socket, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const options = { signal: AbortSignal.any([signal, enough.signal]) };
  try {
    await Promise.race([once(socket, 'readable', options), once(socket, 'end', options)]);
  } finally {
    enough.abort();
  }
}
