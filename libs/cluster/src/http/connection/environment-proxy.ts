import { BlockList, isIP } from 'node:net';
import { ToolError } from '#tools';
import { parseAddress, PROXY_SCHEMES } from './parse-address.js';
import { proxyConfig } from '../../proxy.config.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an API server, as kubectl and helm see it: `HTTPS_PROXY`
 * or `HTTP_PROXY` by the server's scheme, unless `NO_PROXY` exempts it or it is on this machine.
 * Each may be written in small letters too. Source: golang.org/x/net/http/httpproxy.
 * @throws ToolError `unavailable` for what is no address
 */
export function environmentProxy(
  server: URL,
  environment: Environment = proxyConfig(),
): URL | undefined {
  const variable = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = valueOf(environment, variable);
  if (text === '' || isExempt(server, valueOf(environment, 'NO_PROXY'))) return undefined;
  const proxy = parseAddress(text, PROXY_SCHEMES);
  if (proxy) return proxy;
  const message = `${variable} is not the address of a proxy. Its scheme must be one of ${PROXY_SCHEMES.join(', ')}.`;
  throw new ToolError('unavailable', message, { retryable: false });
}

function valueOf(environment: Environment, variable: string): string {
  return environment[variable] || environment[variable.toLowerCase()] || '';
}

function isExempt(server: URL, exempt: string): boolean {
  const host = withoutBrackets(server.hostname);
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  const entries = exempt.toLowerCase().split(',');
  return ['localhost', '127.0.0.0/8', '::1', ...entries]
    .map((entry) => entry.trim())
    .some((entry) => entry !== '' && matches(entry, host, port));
}

/**
 * @param entry `*`, a network (`10.0.0.0/8`), or an address or domain, with or without a port;
 * `.example.com` is only what is below it
 */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(host, entry);
  const [, name = '', onlyPort = port] =
    isIP(entry) > 0 ? [entry, entry] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (onlyPort !== port) return false;
  const exempt = withoutBrackets(name);
  if (isIP(exempt) > 0 || exempt === host) return exempt === host;
  const domain = exempt.replace(/^\*\./, '.');
  return host.endsWith(domain.startsWith('.') ? domain : `.${domain}`);
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', prefix = ''] = network.split('/');
  const family = isIP(address);
  const isNetwork = /^\d+$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32);
  if (family === 0 || isIP(host) !== family || !isNetwork) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), type);
  return list.check(host, type);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
