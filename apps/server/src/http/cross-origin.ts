import type { FastifyInstance } from 'fastify';

/**
 * The request headers that anything here reads. Others are not allowed: those with which a proxy
 * tells who calls, such as `X-Forwarded-Proto`, must not come from a page.
 */
const REQUEST_HEADERS = [
  'Accept',
  'Authorization',
  'Baggage',
  'Content-Type',
  'Idempotency-Key',
  'If-None-Match',
  'Last-Event-ID',
  'Mcp-Method',
  'Mcp-Name',
  'MCP-Protocol-Version',
  'Mcp-Session-Id',
  'Prefer',
  'Skyflo-Categories',
  'Skyflo-Read-Only',
  'Skyflo-Tools',
  'Traceparent',
  'Tracestate',
  'X-Request-Id',
].join(', ');

/** The headers of answers that scripts of a page may read. */
const EXPOSED_HEADERS = [
  'Allow',
  'ETag',
  'Location',
  'MCP-Protocol-Version',
  'Mcp-Session-Id',
  'Preference-Applied',
  'Retry-After',
  'WWW-Authenticate',
  'X-Next-Offset',
  'X-Request-Id',
  'X-Total-Chars',
].join(', ');

const METHODS = 'DELETE, GET, POST';
const MAX_AGE_SECONDS = '600';

/**
 * Lets pages of some origins call this server and read its answers (CORS, as the Fetch standard has
 * it). It must be called after `checkHosts`, which refuses other origins, and before
 * authentication: a preflight carries no credential. Cookies are never allowed. Credentials come in
 * `Authorization`.
 *
 * The headers are set on Node's answer, because the MCP doors write to that and not through
 * Fastify.
 * @param origins in lower case
 */
export function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  fastify.addHook('onRequest', ({ method, headers }, reply, done) => {
    const { origin } = headers;
    // Caches must not give one origin what another one was answered.
    reply.raw.setHeader('vary', 'Origin');
    if (origin === undefined || !origins.includes(origin.toLowerCase())) return done();
    reply.raw.setHeader('access-control-allow-origin', origin);
    const isPreflight =
      method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    if (!isPreflight) {
      reply.raw.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
      return done();
    }
    void reply
      .status(204)
      .headers({
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': MAX_AGE_SECONDS,
      })
      .send();
  });
}
