import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ToolError } from '#tools';
import { callerOf } from './caller.js';

const WINDOW_MS = 1_000;

/** Callers that are counted at the same time. The one that was seen least recently is forgotten. */
const MAX_CALLERS = 20_000;

/** Counts a request. Gives a ToolError `busy` for one that is too many. */
export type RequestRate = (request: FastifyRequest) => Promise<ToolError | undefined>;

/**
 * Limits how many requests one caller makes in a second.
 * @param max requests of a principal, or of an address whose requests prove nothing
 */
export async function limitRequestRate(
  fastify: FastifyInstance,
  max: number,
): Promise<RequestRate> {
  await fastify.register(rateLimit, { global: false, cache: MAX_CALLERS });
  const count = fastify.createRateLimit({
    max,
    timeWindow: WINDOW_MS,
    keyGenerator: ({ raw }) => callerOf(raw),
  });
  return async (request) => {
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return undefined;
    const { ttlInSeconds } = counted;
    return new ToolError(
      'busy',
      `This caller has made more than ${max} requests in a second (MAX_REQUESTS_PER_SECOND). Try ` +
        `again in ${ttlInSeconds} s.`,
      { retryAfterSeconds: ttlInSeconds },
    );
  };
}
