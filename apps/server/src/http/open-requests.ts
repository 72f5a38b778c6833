import type { FastifyInstance } from 'fastify';
import { sharedTurns, Shares } from '#base';
import { ToolError } from '#tools';
import { callerAt } from './caller.js';
import { PROBES } from './host-check.js';

const RETRY_AFTER_SECONDS = 2;

/**
 * Limits how many requests are open at a time, streams and waiting requests included, so that no
 * caller takes all connections. Those that come at once are worked on in turns. Probes always pass.
 * @param limits `maxRequests` for all callers, and the percentage of what the others leave free
 * that one caller may use
 */
export function limitOpenRequests(
  fastify: FastifyInstance,
  limits: { maxRequests: number; callerPercent: number },
): void {
  const open = new Shares(limits.maxRequests, limits.callerPercent);
  fastify.addHook('onRequest', ({ url, ip }, reply, done) => {
    if (PROBES.test(url)) return done();
    const caller = callerAt(ip);
    if (!open.tryTake(caller)) {
      return done(
        new ToolError(
          'busy',
          `${open.heldBy(caller)} requests of this caller are open. Close some, or try again in ${RETRY_AFTER_SECONDS} s.`,
          { retryAfterSeconds: RETRY_AFTER_SECONDS },
        ),
      );
    }
    reply.raw.once('close', () => open.giveBack(caller));
    // Hundreds of requests may come in one turn of the event loop.
    const turn = sharedTurns.pass();
    if (turn) void turn.then(() => done());
    else done();
  });
}
