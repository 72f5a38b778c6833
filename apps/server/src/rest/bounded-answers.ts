import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ToolError } from '#tools';
import { slicesOf } from '../http/slices.js';
import { MIN_COUNTED_BYTES, type Unread } from '../http/unread.js';
import { startedBy } from './execution-id.js';

/**
 * Holds a large answer in memory once, as the bytes to send, and counts it as unread until its
 * client has read it. An answer that there is no room for is replaced with an error.
 */
export function boundAnswers(fastify: FastifyInstance, unread: Unread): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const isLarge = typeof payload === 'string' && payload.length >= MIN_COUNTED_BYTES;
    if (!isLarge || request.method === 'HEAD' || reply.raw.destroyed) return done(null, payload);
    const bytes = Buffer.from(payload);
    const { socket } = request.raw;
    const size = bytes.length;
    const refusal = unread.tryTake(request.raw, size);
    if (refusal) return done(notSent(refusal, request));
    reply.raw.once('close', () => unread.giveBack(socket, size));
    void reply.header('content-length', size);
    done(null, Readable.from(slicesOf(bytes), { objectMode: false }));
  });
}

/** The error for a call that has run but whose answer cannot be sent. */
function notSent(refusal: ToolError, request: FastifyRequest): ToolError {
  const started = startedBy(request);
  if (!started || started.isRead) return refusal;
  const message = `${refusal.message} The call itself has ended. Do not repeat it. GET /engine/v1/executions/${started.id} shows its result.`;
  return refusal.with({ code: 'failed', message, retryAfterSeconds: undefined });
}
