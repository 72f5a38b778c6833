import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  challenge,
  hasQueryToken,
  METADATA_PATH,
  metadataAddress,
  protectedResourceMetadata,
  RESOURCE_PATHS,
  SCOPES,
  type AuthenticationConfig,
  type Authenticator,
  type Scope,
} from '#access';
import { ToolError, type Principal } from '#tools';
import { DISCOVERY } from './discovery-paths.js';
import { PROBES } from './host-check.js';
import type { RequestRate } from './request-rate.js';

const PRINCIPAL = Symbol('principal');

/** A request whose sender is known. */
interface ProvedRequest {
  [PRINCIPAL]?: Principal;
}

/**
 * What anybody may read: probes, also that of older Engines, the pages and documents that describe
 * the server, and what an OAuth client needs to get a token (RFC 9728, 3.1).
 */
const OPEN = new RegExp(
  String.raw`^(?:/mcp/v1/health|/docs(?:/[\w.-]*)?|/openapi\.(?:json|yaml)|${METADATA_PATH}(?:/mcp)?)/?(?:\?|$)`,
);

/** Who sends a request. Undefined for one that anybody may send. */
export function provedPrincipalOf(request: IncomingMessage): Principal | undefined {
  return (request as ProvedRequest)[PRINCIPAL];
}

/** As `provedPrincipalOf`. @throws Error, a bug, for a request that was not authenticated */
export function principalOf(request: IncomingMessage): Principal {
  const principal = provedPrincipalOf(request);
  if (!principal) throw new Error('A request was served without being authenticated.');
  return principal;
}

/** What `authenticateRequests` needs. */
interface Authentication {
  authenticator: Authenticator;
  config: AuthenticationConfig;
  /** Whether the server listens on a Unix socket. */
  isUnixSocket: boolean;
  /** Counts requests, also those that are refused. */
  rate: RequestRate;
}

/**
 * Refuses requests whose sender proves nothing, notes who sends the others, and refuses those that
 * are too many.
 */
export function authenticateRequests(
  fastify: FastifyInstance,
  { authenticator, config, rate, isUnixSocket }: Authentication,
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { raw, url } = request;
    if (PROBES.test(url) || OPEN.test(url) || DISCOVERY.test(url)) return done();
    const end = (error?: ToolError) => rate(request).then((busy) => done(busy ?? error), done);
    const refuse = (error: ToolError) => {
      const header = challengeTo(request, error, config);
      if (header !== undefined) void reply.header('www-authenticate', header);
      void end(error);
    };
    const pass = (principal: Principal) => {
      (raw as ProvedRequest)[PRINCIPAL] = principal;
      void end();
    };
    try {
      const principal = authenticator.authenticate({
        headers: raw.headers,
        socket: raw.socket,
        isQueryToken: hasQueryToken(url),
        isUnixSocket,
      });
      if (principal instanceof Promise) principal.then(pass, refuse);
      else pass(principal);
    } catch (error) {
      refuse(error as ToolError);
    }
  });
}

/**
 * The `WWW-Authenticate` header for a failure, if another credential would help. A client takes the
 * scopes in it for all that it needs, so those that it has stand there too.
 */
export function challengeTo(
  { url, headers, raw }: Pick<FastifyRequest, 'url' | 'headers' | 'raw'>,
  error: ToolError,
  { publicUrl, oidc }: AuthenticationConfig,
): string | undefined {
  const resource = /^\/mcp(?:[/?]|$)/.test(url) ? '/mcp' : '';
  return challenge(error, {
    hasCredential: headers.authorization !== undefined,
    metadata: publicUrl && oidc && metadataAddress(publicUrl + resource),
    scopes: error.neededScope === undefined ? [] : scopesWith(error.neededScope, raw),
  });
}

/** The scopes of a request's credential, and another one, in the order of all scopes. */
function scopesWith(needed: string, request: IncomingMessage): Scope[] {
  const granted = provedPrincipalOf(request)?.scopes ?? [];
  return SCOPES.filter((scope) => scope === needed || granted.includes(scope));
}

/** Serves what OAuth clients have to know to get a token, for each part that they may name. */
export function serveResourceMetadata(
  fastify: FastifyInstance,
  { publicUrl, oidc }: AuthenticationConfig,
): void {
  if (publicUrl === undefined || oidc === undefined) return;
  for (const path of RESOURCE_PATHS) {
    const metadata = protectedResourceMetadata(publicUrl + path, oidc.issuer);
    fastify.get(`${METADATA_PATH}${path}`, (_request, reply) => reply.send(metadata));
  }
}
