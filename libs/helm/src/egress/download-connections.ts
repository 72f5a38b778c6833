import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { environmentProxy } from '#cluster';
import { connectTo, connectToProxy } from './connect.js';
import { DownloadAddresses } from './download-addresses.js';
import { proxyAuthorization, tunnelThrough } from './operator-proxy.js';

/** A connection over which a request can be sent. */
export interface RequestConnection {
  stream: Duplex;
  /** What is asked for on it. */
  path: string;
  /** Headers for who is at its other end. */
  headers: Record<string, string>;
}

/**
 * Connects to what may be downloaded from: to an address that was checked, or through the proxy
 * that the environment of the server names.
 */
@Injectable()
export class DownloadConnections {
  constructor(private readonly addresses: DownloadAddresses) {}

  /** Connects to the host of an address. Throws as `DownloadAddresses.resolve`. */
  async tunnel(url: URL, signal: AbortSignal): Promise<Duplex> {
    const proxy = environmentProxy(url);
    const destination = await this.addresses.resolve(url, proxy !== undefined, signal);
    return proxy ? tunnelThrough(proxy, destination, signal) : connectTo(destination, signal);
  }

  /** Connects for a request without TLS. Throws as `tunnel`. */
  async forRequest(url: URL, signal: AbortSignal): Promise<RequestConnection> {
    const proxy = environmentProxy(url);
    // Proxies often open no tunnels to ports without TLS, and take such requests as they are.
    if (!proxy?.protocol.startsWith('http')) {
      const path = `${url.pathname}${url.search}`;
      return { stream: await this.tunnel(url, signal), path, headers: {} };
    }
    await this.addresses.resolve(url, true, signal);
    const stream = await connectToProxy(proxy, signal);
    return { stream, path: url.href, headers: proxyAuthorization(proxy) };
  }

  /** Refuses the target of a redirect that helm would follow without asking this server again. */
  checkRedirect(url: URL): void {
    this.addresses.checkLiteral(url);
  }
}
