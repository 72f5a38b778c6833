import type { FastifyInstance } from 'fastify';
import { Shares } from '#base';
import { ToolError } from '#tools';
import { callerAt } from './caller.js';
import { PROBES } from './host-check.js';

const RETRY_AFTER_SECONDS = 2;

/**
 * Bounds how many requests are open at once, streams and those who wait among them, so that nobody
 * takes all connections. Probes always get through.
 * @param limits `maxRequests` of all callers, and the percent of what the others leave that one may
 * have
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
          `${open.heldBy(caller)} requests of this caller are open. Try again in ${RETRY_AFTER_SECONDS} s.`,
          { retryAfterSeconds: RETRY_AFTER_SECONDS },
        ),
      );
    }
    reply.raw.once('close', () => open.giveBack(caller));
    done();
  });
}
