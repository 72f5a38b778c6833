import { once } from 'node:events';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ToolError } from '#tools';
import type { Destination } from './download-addresses.js';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connects to one of the addresses that were checked.
 * @throws ToolError `unavailable` if none of them answers; the signal's reason when it aborts
 */
export function connectTo({ host, port, addresses }: Destination, signal: AbortSignal) {
  const lookup: LookupFunction = (_host, _options, done) => done(null, [...addresses]);
  const socket = connect({ host, port: Number(port), lookup, autoSelectFamily: true });
  return established(socket, 'connect', `"${host}"`, signal);
}

/** Connects to a proxy, over TLS if its address says so. Throws as `connectTo`. */
export function connectToProxy(proxy: URL, signal: AbortSignal): Promise<Socket> {
  const host = proxy.hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = proxy.protocol === 'https:';
  const otherwise = { 'http:': 80, 'https:': 443 }[proxy.protocol] ?? 1080;
  const target = { host, port: proxy.port === '' ? otherwise : Number(proxy.port) };
  const socket = isTls ? connectTls(target) : connect(target);
  const name = `the proxy ${proxy.host} of this server`;
  return established(socket, isTls ? 'secureConnect' : 'connect', name, signal);
}

async function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  name: string,
  signal: AbortSignal,
): Promise<Socket> {
  const late = () => socket.destroy(Object.assign(new Error('late'), { code: 'ETIMEDOUT' }));
  const timer = setTimeout(late, CONNECT_TIMEOUT_MS);
  try {
    await once(socket, event, { signal });
  } catch (cause) {
    socket.destroy();
    signal.throwIfAborted();
    const { code = 'error' } = cause as NodeJS.ErrnoException;
    const message = `Nothing is downloaded: ${name} cannot be reached (${code}).`;
    throw new ToolError('unavailable', message, { cause });
  } finally {
    clearTimeout(timer);
  }
  // Whoever takes the socket learns of a broken connection by its end.
  socket.on('error', () => socket.destroy());
  return socket;
}
