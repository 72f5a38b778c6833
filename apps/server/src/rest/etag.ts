import type { FastifyInstance } from 'fastify';
import { tagged } from '../http/entity-tag.js';

/** Paths of the tool lists. They stay the same until the server or its environment changes. */
const TOOL_LISTS = /^\/(engine|mcp)\/v1\/tools(\/[^/?]+){0,2}(\?|$)/;

/** Adds an entity tag to tool lists. A client with the current list gets 304 (RFC 9110, 13.1.2). */
export function tagToolLists(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const isList = request.method === 'GET' && TOOL_LISTS.test(request.url);
    if (!isList || reply.statusCode !== 200 || typeof payload !== 'string') {
      return done(null, payload);
    }
    void reply.header('cache-control', 'no-cache');
    if (!tagged(request, reply, payload)) return done(null, payload);
    void reply.status(304).removeHeader('content-length').removeHeader('content-type');
    done(null, null);
  });
}
