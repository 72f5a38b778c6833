import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ToolError } from '#tools';
import { connectToProxy } from './connect.js';
import type { Destination } from './download-addresses.js';
import { openSocksTunnel } from './socks-tunnel.js';

/**
 * Opens a tunnel to a host through a proxy that the environment of the server names. The proxy is
 * told the name: it may decide by names, and may be the only one that can find the host.
 * @throws ToolError `unavailable` if the proxy cannot be reached, or does not open the tunnel
 */
export async function tunnelThrough(
  proxy: URL,
  { host, port }: Destination,
  signal: AbortSignal,
): Promise<Duplex> {
  const socket = await connectToProxy(proxy, signal);
  const isSocks = proxy.protocol.startsWith('socks5');
  try {
    if (isSocks) await openSocksTunnel(socket, proxy, host, Number(port), signal);
    else await openHttpTunnel(socket, proxy, `${bracketed(host)}:${port}`, signal);
    return socket;
  } catch (cause) {
    socket.destroy();
    signal.throwIfAborted();
    const why = (cause as Error).message;
    const message = `Nothing is downloaded from "${host}": the proxy ${proxy.host} of this server opens no connection to it (${why}).`;
    throw new ToolError('unavailable', message, { cause, retryable: false });
  }
}

async function openHttpTunnel(
  socket: Socket,
  proxy: URL,
  authority: string,
  signal: AbortSignal,
): Promise<void> {
  const headers = { host: authority, ...proxyAuthorization(proxy) };
  const createConnection = () => socket;
  const request = httpRequest({ method: 'CONNECT', path: authority, headers, createConnection });
  request.end();
  const [{ statusCode }, , head] = (await once(request, 'connect', { signal })) as [
    IncomingMessage,
    Duplex,
    Buffer,
  ];
  if (statusCode !== 200) throw new Error(`status ${statusCode}`);
  if (head.length > 0) socket.unshift(head);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The header by which the server proves itself to its proxy. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}
