import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ToolError } from '#tools';

/**
 * Refuses requests whose `Host` or `Origin` is a name that this server is not known by, so that a web page cannot reach it by DNS
 * rebinding (MCP 2025-11-25, Transports, Security Warning). IP addresses pass: rebinding needs a name.
 * @param allowedHosts names beside localhost, in lower case, without a port
 */
export function checkHosts(fastify: FastifyInstance, allowedHosts: readonly string[]): void {
  const isAllowed = (hostname: string): boolean =>
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 ||
    allowedHosts.includes(hostname);

  fastify.addHook('onRequest', (request, _reply, done) => {
    // Probes come by whatever name the platform uses, and tell nothing.
    if (request.url.startsWith('/health')) return done();
    const { host, origin } = request.headers;
    const stranger = [
      ['Host', `http://${host}`],
      ['Origin', origin ?? 'http://localhost'],
    ].find(([, url]) => !isAllowed(hostnameOf(url ?? '')));
    if (!stranger) return done();
    done(
      new ToolError(
        'forbidden',
        `The ${stranger[0]} header names a host that this server does not answer to. List its name in ALLOWED_HOSTS.`,
      ),
    );
  });
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : '';
}
