import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { untilAborted } from '#base';
import { ToolError } from '#tools';
import { specialKindOf } from '../allowed-hosts.js';
import { helmConfig, type HelmConfig } from '../helm.config.js';

const PORTS: Record<string, string> = { 'http:': '80' };

/**
 * Keeps downloads from addresses inside the network of this server, which its callers may not reach
 * by themselves. What helm is told by a server later (a redirect, another answer of the DNS) is not
 * seen here.
 */
@Injectable()
export class DownloadAddresses {
  constructor(@Inject(helmConfig.KEY) private readonly config: HelmConfig) {}

  /**
   * @param url of a chart, a repository or a registry (`https:`, `http:`, `oci:`)
   * @throws ToolError `forbidden` for a host that is, or may lead to, an address that is not public
   * and that `HELM_ALLOWED_HOSTS` does not list; `unavailable` for one that is not known
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

  /** Whether the setting lists a host by name or address, wherever that is. */
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
 * Host and port as they are compared: the address of any spelling, the name in small letters and
 * without a dot at its end.
 */
function hostOf(url: URL): { host: string; port: string } {
  // Only addresses of the web have their hosts normalised.
  const web = URL.parse(`${url.protocol === 'http:' ? 'http' : 'https'}://${url.host}/`);
  if (!web) throw new ToolError('invalid_input', `"${url.host}" is not a host.`);
  const host = web.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.+$/, '');
  return { host, port: web.port || (PORTS[web.protocol] ?? '443') };
}
