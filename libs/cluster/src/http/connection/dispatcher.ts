import { createSecureContext } from 'node:tls';
import { Pool, ProxyAgent, Socks5ProxyAgent, type Dispatcher } from 'undici';
import { ToolError } from '#tools';
import type { Connection, TlsOptions } from './connection.js';
import { environmentProxy } from './environment-proxy.js';
import { nameOf } from '../transport-error.js';

const CONNECT_TIMEOUT_MS = 3_000;
/** Bytes of a WebSocket message, which is collected before it is handed on: kubelets send 32 kB. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

const WEB_SOCKET = { maxPayloadSize: MAX_MESSAGE_BYTES };

/** A pool that keeps to the limits of WebSockets, which undici's own does not hand on (8.12). */
class ApiPool extends Pool {
  get webSocketOptions(): typeof WEB_SOCKET {
    return WEB_SOCKET;
  }
}

interface PoolLimits {
  /** Most connections at once; null for no limit. */
  connections: number | null;
  /** Milliseconds after which an idle connection closes. */
  keepAliveMs: number;
}

/**
 * Makes the pooled HTTP client for one API server.
 * @throws ToolError `unavailable` if certificates or keys are unusable
 */
export function createDispatcher(
  connection: Connection,
  { ca, cert, key, servername, rejectUnauthorized }: TlsOptions,
  { connections, keepAliveMs }: PoolLimits,
): Dispatcher {
  // Created once: parsing certificates for each new connection would cost more than the handshake.
  const tls = {
    secureContext: secureContext(connection, { ca, cert, key }),
    rejectUnauthorized: rejectUnauthorized ?? true,
    ...(servername !== undefined && { servername }),
  };
  const options = {
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    // Each request has a deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    webSocket: WEB_SOCKET,
  } satisfies Pool.Options;
  const { server } = connection;
  const proxy = connection.proxy ?? environmentProxy(server);
  if (!proxy) {
    const connect = { ...tls, timeout: CONNECT_TIMEOUT_MS };
    return new ApiPool(server.origin, { ...options, connect });
  }
  const requestTls = { ...tls, allowH2: false, timeout: CONNECT_TIMEOUT_MS };
  if (proxy.protocol.startsWith('socks5')) {
    return new Socks5ProxyAgent(proxy, { ...options, requestTls });
  }
  return new ProxyAgent({
    ...options,
    uri: proxy.href,
    requestTls,
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
}

function secureContext(connection: Connection, options: TlsOptions) {
  try {
    return createSecureContext(options);
  } catch (cause) {
    const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
    throw new ToolError(
      'unavailable',
      `${nameOf(connection)}: its certificates or keys in the kubeconfig cannot be used (${code}).`,
      { cause, retryable: false },
    );
  }
}
