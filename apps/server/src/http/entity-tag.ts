import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Gives an answer the entity tag of its text (RFC 9110, 8.8.3).
 * @returns whether the client has that text already (13.1.2)
 */
export function tagged(request: FastifyRequest, reply: FastifyReply, text: string): boolean {
  const tag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  void reply.header('etag', tag);
  const known = request.headers['if-none-match']?.split(/\s*,\s*/) ?? [];
  return known.some((one) => one === '*' || one.replace(/^W\//, '') === tag);
}
