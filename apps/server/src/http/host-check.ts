import { isIP } from 'node:net';
import { BadRequestException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { ToolError } from '#tools';
import { hostOf, isAbsolute } from './request-target.js';

const MAX_PASSED = 100;

/** A host with or without a port, and nothing else (RFC 9110, 7.2): no user, no path. */
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/;

/**
 * The probes, which tell strangers nothing. Whoever probes does so by whatever name the platform
 * uses, or by none.
 */
export const PROBES = /^\/health(\/|\?|$)/;

/** Whose pages and names are trusted. */
interface TrustedHosts {
  /**
   * Names that the server is known by beside localhost and IP addresses, in lower case, without a
   * port.
   */
  allowedHosts: readonly string[];
  /** Origins of pages that may call it beside its own, as browsers write them. */
  allowedOrigins: readonly string[];
}

/**
 * Refuses requests that a web page makes without being one of this server's own. A `Host` that the
 * server is not known by is DNS rebinding (MCP 2025-11-25, Transports, Security Warning); IP
 * addresses pass, as rebinding needs a name. An `Origin` must be that of the request's host, or be
 * listed. Behind a proxy that ends TLS, `X-Forwarded-Proto` says the scheme: no page of another
 * origin can send that header.
 */
export function checkHosts(fastify: FastifyInstance, trusted: TrustedHosts): void {
  // Callers send the same ones again and again.
  const passed = new Set<string>();

  fastify.addHook('onRequest', ({ url, raw, headers }, _reply, done) => {
    const { host, origin } = headers;
    if (isMalformed(raw.rawHeaders, host) || isAbsolute(url)) {
      return done(
        new BadRequestException(
          'A request needs one Host header of the form name:port, and no other host in its target.',
        ),
      );
    }
    if (PROBES.test(url)) return done();
    if (host === undefined) return done(new BadRequestException('A request needs a Host header.'));
    const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
    const source = `${scheme} ${host} ${origin}`;
    if (passed.has(source)) return done();
    const refusal = refusalOf({ scheme, host, origin }, trusted);
    if (refusal) return done(new ToolError('forbidden', refusal));
    if (passed.size < MAX_PASSED) passed.add(source);
    done();
  });
}

function refusalOf(
  { scheme, host, origin }: { scheme: string; host: string; origin: string | undefined },
  { allowedHosts, allowedOrigins }: TrustedHosts,
): string | undefined {
  const own = hostOf(`${scheme}://${host}`);
  if (own === undefined || !isKnownName(own.hostname, allowedHosts)) {
    return 'The Host header names a host that this server does not answer to. List its name in ALLOWED_HOSTS.';
  }
  const isTrusted =
    origin === undefined ||
    origin.toLowerCase() === own.origin ||
    allowedOrigins.includes(origin.toLowerCase());
  if (isTrusted) return undefined;
  return `The Origin header is that of a page elsewhere. Only ${own.origin} and the origins in ALLOWED_ORIGINS may call this server from a browser.`;
}

function isKnownName(hostname: string, allowedHosts: readonly string[]): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 ||
    allowedHosts.includes(hostname)
  );
}

/** Whether there are two hosts, or one that is not a host. Of two, Node shows the first only. */
function isMalformed(rawHeaders: readonly string[], host: string | undefined): boolean {
  if (host === undefined) return false;
  if (!HOST.test(host)) return true;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'host') count += 1;
  }
  return count > 1;
}
