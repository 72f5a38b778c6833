import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { untilAborted } from '#base';
import { ToolError } from '#tools';
import { specialKindOf } from '../allowed-hosts.js';
import { helmConfig, type HelmConfig } from '../helm.config.js';
import { HostNames } from './host-names.js';

const LISTED = 'the setting HELM_ALLOWED_HOSTS of this server';

/** A host that may be downloaded from, with all of its addresses. */
export interface Destination {
  host: string;
  port: string;
  /** None if only a proxy can find the host. */
  addresses: readonly LookupAddress[];
}

/**
 * Decides what charts are downloaded from: public addresses over HTTPS, and what
 * `HELM_ALLOWED_HOSTS` lists. The network of this server holds hosts that its callers may have no
 * access to.
 */
@Injectable()
export class DownloadAddresses {
  constructor(
    @Inject(helmConfig.KEY) private readonly config: HelmConfig,
    private readonly names: HostNames,
  ) {}

  /**
   * Refuses what can be refused without asking the DNS. Helm connects to loopback addresses
   * without a proxy, so for those this is the only check.
   * @param url of a chart, a repository or a registry (`https:`, `http:`, `oci:`)
   * @throws ToolError `forbidden` for an address that nothing is downloaded from
   */
  checkLiteral(url: URL): void {
    const { host, port } = hostOf(url);
    if (host === 'localhost') this.check(url, host, port, ['127.0.0.1']);
    if (isIP(host) > 0) this.check(url, host, port, [host]);
  }

  /**
   * Finds the addresses of a host, once. Whoever connects takes one of these, because the DNS may
   * answer otherwise the next time.
   * @param isProxied whether a proxy connects, which may know hosts that this server does not find
   * @throws ToolError `forbidden` for a host that is, or may lead to, an address that nothing is
   * downloaded from; `unavailable` for an unknown host
   */
  async resolve(url: URL, isProxied: boolean, signal: AbortSignal): Promise<Destination> {
    const { host, port } = hostOf(url);
    const addresses = await this.addressesOf(host, isProxied, signal);
    const texts = addresses.map(({ address }) => address);
    this.check(url, host, port, texts);
    return { host, port, addresses };
  }

  /** Whether the setting lists a host by name or address, wherever that host is. */
  isListed(url: URL): boolean {
    const { host, port } = hostOf(url);
    const { allowedHosts } = this.config;
    return (
      allowedHosts.hasName(host, port) || (isIP(host) > 0 && allowedHosts.hasAddress(host, port))
    );
  }

  private check(url: URL, host: string, port: string, addresses: readonly string[]): void {
    const { allowedHosts, plainHttpRegistries } = this.config;
    if (allowedHosts.hasName(host, port)) return;
    const others = addresses.filter((address) => !allowedHosts.hasAddress(address, port));
    for (const address of others) {
      const kind = specialKindOf(address);
      if (kind === undefined) continue;
      const is = address === host ? `is ${kind}` : `is at ${address}, ${kind}`;
      const message = `Nothing is downloaded from "${host}": it ${is}. Charts come from public addresses, and from hosts that ${LISTED} lists.`;
      throw new ToolError('forbidden', message);
    }
    const isListed = addresses.length > 0 && others.length === 0;
    const isPlain = url.protocol === 'http:' && !plainHttpRegistries.includes(url.host);
    if (!isPlain || isListed) return;
    const message = `Nothing is downloaded from "${host}" over plain HTTP. Use https, or have the host listed in ${LISTED}.`;
    throw new ToolError('forbidden', message);
  }

  private async addressesOf(
    host: string,
    isProxied: boolean,
    signal: AbortSignal,
  ): Promise<LookupAddress[]> {
    const family = isIP(host);
    if (family > 0) return [{ address: host, family }];
    try {
      return await untilAborted(this.names.addressesOf(host), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isProxied) return [];
      const message = `The host "${host}" cannot be found (no such host). Check the address.`;
      throw new ToolError('unavailable', message, { cause: error, retryable: true });
    }
  }
}

/**
 * Host and port in the form in which they are compared: an address in its normal form, a name in
 * lower case and without a dot at its end.
 */
function hostOf(url: URL): { host: string; port: string } {
  // Only http and https URLs have their hosts normalized.
  const web = URL.parse(`${url.protocol === 'http:' ? 'http' : 'https'}://${url.host}/`);
  if (!web) throw new ToolError('invalid_input', `"${url.host}" is not a host.`);
  const host = web.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.+$/, '');
  return { host, port: web.port || (web.protocol === 'http:' ? '80' : '443') };
}
