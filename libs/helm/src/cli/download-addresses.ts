import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { untilAborted } from '#base';
import { ToolError } from '#tools';
import { specialKindOf } from '../allowed-hosts.js';
import { helmConfig, type HelmConfig } from '../helm.config.js';

const PORTS: Record<string, string> = { 'http:': '80' };

/**
 * Refuses downloads from addresses inside the network of this server, which its callers may have no
 * access to. What helm meets later (a redirect, another answer of the DNS) is not checked here.
 */
@Injectable()
export class DownloadAddresses {
  constructor(@Inject(helmConfig.KEY) private readonly config: HelmConfig) {}

  /**
   * @param url of a chart, a repository or a registry (`https:`, `http:`, `oci:`)
   * @throws ToolError `forbidden` for a host that is, or may lead to, an address that is not public
   * and that `HELM_ALLOWED_HOSTS` does not list; `unavailable` for an unknown host
   */
  async check(url: URL, signal: AbortSignal): Promise<void> {
    const { host, port } = hostOf(url);
    const { allowedHosts } = this.config;
    if (allowedHosts.hasName(host, port)) return;
    for (const address of await this.addressesOf(host, signal)) {
      const kind = specialKindOf(address);
      if (kind === undefined || allowedHosts.hasAddress(address, port)) continue;
      const is = address === host ? `is ${kind}` : `is at ${address}, ${kind}`;
      const message = `Nothing is downloaded from "${host}": it ${is}. Charts come from public addresses, and from hosts that the setting HELM_ALLOWED_HOSTS of this server lists.`;
      throw new ToolError('forbidden', message);
    }
  }

  /** Whether the setting lists a host by name or address, wherever that host is. */
  isListed(url: URL): boolean {
    const { host, port } = hostOf(url);
    const { allowedHosts } = this.config;
    return (
      allowedHosts.hasName(host, port) || (isIP(host) > 0 && allowedHosts.hasAddress(host, port))
    );
  }

  private async addressesOf(host: string, signal: AbortSignal): Promise<string[]> {
    if (isIP(host) > 0) return [host];
    try {
      const found = await untilAborted(lookup(host, { all: true }), signal);
      return found.map(({ address }) => address);
    } catch (error) {
      signal.throwIfAborted();
      if (this.config.usesProxy) return [];
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
  return { host, port: web.port || (PORTS[web.protocol] ?? '443') };
}
