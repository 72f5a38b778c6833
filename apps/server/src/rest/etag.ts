import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** Paths of the tool lists. They stay the same until the server or its environment changes. */
const TOOL_LISTS = /^\/(engine|mcp)\/v1\/tools(\/[^/?]+){0,2}(\?|$)/;

/** Adds an entity tag to tool lists. A client with the current list gets 304 (RFC 9110, 13.1.2). */
export function tagToolLists(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const isList = request.method === 'GET' && TOOL_LISTS.test(request.url);
    if (!isList || reply.statusCode !== 200 || typeof payload !== 'string') {
      return done(null, payload);
    }
    const tag = `"${createHash('sha256').update(payload).digest('base64url')}"`;
    void reply.header('etag', tag).header('cache-control', 'no-cache');
    const known = request.headers['if-none-match']?.split(/\s*,\s*/) ?? [];
    const isKnown = known.some((one) => one === '*' || one.replace(/^W\//, '') === tag);
    if (!isKnown) return done(null, payload);
    void reply.status(304).removeHeader('content-length').removeHeader('content-type');
    done(null, null);
  });
}
