import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ToolError } from '#tools';

const MOST_REMEMBERED = 100;

/**
 * Refuses requests whose `Host` or `Origin` is a name that this server is not known by, so that a web page cannot reach it by DNS
 * rebinding (MCP 2025-11-25, Transports, Security Warning). IP addresses pass: rebinding needs a name.
 * @param allowedHosts names beside localhost, in lower case, without a port
 */
export function checkHosts(fastify: FastifyInstance, allowedHosts: readonly string[]): void {
  const isKnownName = (hostname: string): boolean =>
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 ||
    allowedHosts.includes(hostname);
  // Callers send the same ones again and again.
  const allowedUrls = new Set<string>();
  const isAllowed = (url: string): boolean => {
    if (allowedUrls.has(url)) return true;
    if (!isKnownName(hostnameOf(url))) return false;
    if (allowedUrls.size < MOST_REMEMBERED) allowedUrls.add(url);
    return true;
  };

  fastify.addHook('onRequest', (request, _reply, done) => {
    // Probes come by whatever name the platform uses, and tell nothing.
    if (request.url.startsWith('/health')) return done();
    const { host, origin } = request.headers;
    const isHostAllowed = isAllowed(`http://${host}`);
    if (isHostAllowed && (origin === undefined || isAllowed(origin))) return done();
    done(
      new ToolError(
        'forbidden',
        `The ${isHostAllowed ? 'Origin' : 'Host'} header names a host that this server does not answer to. List its name in ALLOWED_HOSTS.`,
      ),
    );
  });
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : '';
}
