import type { Dispatcher } from 'undici';
import { ToolError } from '#tools';
import type { Connection, TlsOptions } from './connection.js';
import { createDispatcher } from './dispatcher.js';
import { queryText, type RequestOptions } from '../request-options.js';

const MAX_CONNECTIONS = 64;
/** Below the 90 s after which an API server closes an idle connection. */
const KEEP_ALIVE_MS = 60_000;

/** Milliseconds after which an idle connection of a context that is gone closes. */
const RETIRED_KEEP_ALIVE_MS = 1_000;

interface Pools {
  calls: Dispatcher;
  streams: Dispatcher;
}

/**
 * The connections to one API server, and what each request over them carries: the path, the
 * credentials and the identity.
 */
export class ConnectionPools {
  private readonly basePath: string;
  private readonly outdated = new Set<Dispatcher>();
  private tls: TlsOptions | undefined;
  private pools: Pools | undefined;
  private isOutdated = false;
  private isRetired = false;
  private fault: string | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly userAgent: string,
  ) {
    this.basePath = connection.server.pathname.replace(/\/$/, '');
  }

  /** For calls, once `connect` has been called. */
  get calls(): Dispatcher {
    return this.pools!.calls;
  }

  /** For what lasts long: with connections of its own it does not hold up calls. */
  get streams(): Dispatcher {
    return this.pools!.streams;
  }

  /**
   * Makes sure that the pools exist and use the current certificates. Asynchronous only if a plugin
   * provides them.
   */
  connect(): Promise<void> | undefined {
    const tls = this.connection.tls();
    if (tls instanceof Promise) return tls.then((options) => this.use(options));
    this.use(tls);
    return undefined;
  }

  /** Has the next request use new connections. */
  renew(): void {
    this.isOutdated = true;
  }

  /** Why new certificates are not in use. Undefined if those in use are the present ones. */
  get problem(): string | undefined {
    return this.fault;
  }

  /**
   * Closes each connection as soon as nothing is under way on it. What still asks gets connections
   * that are not kept for later.
   */
  retire(): void {
    this.isRetired = true;
    this.renew();
    if (this.tls) this.use(this.tls);
  }

  /** Closes all connections; requests under way fail. */
  async destroy(): Promise<void> {
    const { calls, streams } = this.pools ?? {};
    const all = [calls, streams, ...this.outdated];
    await Promise.all(all.flatMap((dispatcher) => dispatcher?.destroy() ?? []));
  }

  /** A request with its credentials. Asynchronous only if a plugin provides them. */
  request(
    path: string,
    options: RequestOptions,
  ): Dispatcher.DispatchOptions | Promise<Dispatcher.DispatchOptions> {
    const authorization = this.connection.authorization();
    return authorization instanceof Promise
      ? authorization.then((value) => this.withAuthorization(path, options, value))
      : this.withAuthorization(path, options, authorization);
  }

  private withAuthorization(
    path: string,
    options: RequestOptions,
    authorization: string | undefined,
  ): Dispatcher.DispatchOptions {
    const { method = 'GET', query, body, contentType, accept, identity, span } = options;
    const headers: Record<string, string | string[]> = {
      'user-agent': this.userAgent,
      accept: accept ?? 'application/json',
      ...options.headers,
      ...span?.headers,
      ...(identity?.headers ?? this.connection.headers),
    };
    if (headers.authorization !== undefined && this.tls?.cert !== undefined) throw this.certified();
    if (authorization !== undefined) headers.authorization ??= authorization;
    if (body !== undefined) headers['content-type'] = contentType ?? 'application/json';
    return {
      origin: this.connection.server.origin,
      path: `${this.basePath}${path}${queryText(query)}`,
      method,
      headers,
      body:
        body === undefined || typeof body === 'string' || body instanceof Uint8Array
          ? body
          : JSON.stringify(body),
    };
  }

  /** @throws ToolError for certificates that cannot be used, where there are none before */
  private use(tls: TlsOptions): void {
    if (this.tls === tls && !this.isOutdated) return;
    const pools = this.makePools(tls);
    this.tls = tls;
    this.isOutdated = false;
    if (!pools) return;
    this.retirePools();
    this.pools = pools;
  }

  /** Certificate and key may be written one after the other, and do not match in between. */
  private makePools(tls: TlsOptions): Pools | undefined {
    const { connection, isRetired } = this;
    const keepAliveMs = isRetired ? RETIRED_KEEP_ALIVE_MS : KEEP_ALIVE_MS;
    try {
      const pools = {
        calls: createDispatcher(connection, tls, { connections: MAX_CONNECTIONS, keepAliveMs }),
        streams: createDispatcher(connection, tls, { connections: null, keepAliveMs }),
      };
      this.fault = undefined;
      return pools;
    } catch (error) {
      if (!this.pools) throw error;
      this.fault = `${(error as Error).message} Those before stay in use.`;
      return undefined;
    }
  }

  private retirePools(): void {
    for (const dispatcher of Object.values(this.pools ?? {}) as Dispatcher[]) {
      this.retireOne(dispatcher);
    }
  }

  /** Closes a pool as soon as its requests under way have ended. */
  private retireOne(dispatcher: Dispatcher): void {
    this.outdated.add(dispatcher);
    const forget = () => this.outdated.delete(dispatcher);
    dispatcher.close().then(forget, forget);
  }

  /** The API server takes a certificate before it looks at a token, and both go out together. */
  private certified(): ToolError {
    const { name } = this.connection;
    const message = `The context "${name}" has a client certificate, by which the API server would take the caller for the user of the kubeconfig. CLUSTER_IDENTITY=${name}=passthrough needs a user without one.`;
    return new ToolError('forbidden', message);
  }
}
