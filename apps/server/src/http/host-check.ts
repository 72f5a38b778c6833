import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { BadRequestException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { ToolError } from '#tools';
import { DISCOVERY } from './discovery-paths.js';
import { hostOf, isAbsolute } from './request-target.js';

const MAX_PASSED = 100;

/** A host with or without a port (RFC 9110, 7.2). It has no user and no path. */
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/;

/**
 * The health probes. Their answers tell strangers nothing, so any `Host` may ask: platforms probe
 * under many names, or under none.
 */
export const PROBES = /^\/health(\/|\?|$)/;

/** The hosts and web pages that are trusted. */
interface TrustedHosts {
  /** Names of this server besides localhost and IP addresses, in lower case and without a port. */
  allowedHosts: readonly string[];
  /** Origins of other pages that may call this server, as browsers write them. */
  allowedOrigins: readonly string[];
}

/**
 * Refuses requests from web pages of other sites. An unknown `Host` is a sign of DNS rebinding
 * (MCP 2025-11-25, Transports, Security Warning). IP addresses pass, because rebinding needs a
 * name. The `Origin` must be the request's own host, or be listed. Behind a proxy that ends TLS,
 * `X-Forwarded-Proto` gives the scheme. A page of another origin cannot send that header.
 */
export function checkHosts(fastify: FastifyInstance, trusted: TrustedHosts): void {
  // Most requests have a host and an origin that were checked before.
  const passed = new Set<string>();

  fastify.addHook('onRequest', ({ url, raw, headers }, _reply, done) => {
    const { host } = headers;
    const origin = DISCOVERY.test(url) ? undefined : headers.origin;
    if (isMalformed(raw.rawHeaders, host) || isAbsolute(url)) {
      return done(
        new BadRequestException(
          'A request needs exactly one Host header of the form name:port. Its target must not name another host.',
        ),
      );
    }
    if (PROBES.test(url)) return done();
    if (host === undefined) return done(new BadRequestException('A request needs a Host header.'));
    const scheme = schemeOf(raw);
    const source = `${scheme} ${host} ${origin}`;
    if (passed.has(source)) return done();
    const refusal = refusalOf({ scheme, host, origin }, trusted);
    if (refusal) return done(new ToolError('forbidden', refusal));
    if (passed.size < MAX_PASSED) passed.add(source);
    done();
  });
}

/** The scheme by which a client has asked, also through a proxy that ends TLS. */
export function schemeOf({ socket, headers }: IncomingMessage): 'http' | 'https' {
  const isTls = socket instanceof TLSSocket || headers['x-forwarded-proto'] === 'https';
  return isTls ? 'https' : 'http';
}

function refusalOf(
  { scheme, host, origin }: { scheme: string; host: string; origin: string | undefined },
  { allowedHosts, allowedOrigins }: TrustedHosts,
): string | undefined {
  const own = hostOf(`${scheme}://${host}`);
  if (own === undefined || !isKnownName(own.hostname, allowedHosts)) {
    return 'The Host header names a host that is not allowed. Add its name to ALLOWED_HOSTS.';
  }
  const isTrusted =
    origin === undefined ||
    origin.toLowerCase() === own.origin ||
    allowedOrigins.includes(origin.toLowerCase());
  if (isTrusted) return undefined;
  return `The Origin header names another site. Only ${own.origin} and the origins in ALLOWED_ORIGINS may call this server from a browser.`;
}

function isKnownName(hostname: string, allowedHosts: readonly string[]): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 ||
    allowedHosts.includes(hostname)
  );
}

/** Whether the Host header is malformed or repeated. Node shows only the first of several. */
function isMalformed(rawHeaders: readonly string[], host: string | undefined): boolean {
  if (host === undefined) return false;
  if (!HOST.test(host)) return true;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'host') count += 1;
  }
  return count > 1;
}
