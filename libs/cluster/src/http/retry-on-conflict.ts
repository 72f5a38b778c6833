import { setTimeout as delay } from 'node:timers/promises';
import { ToolError } from '#tools';
import { apiStatusOf } from './api-error.js';

/**
 * Milliseconds. An object changes several times in a row while its controller works. This is long
 * enough for it to settle.
 */
const LIMIT_MS = 5_000;
/** Tries that are made in any case: on a slow cluster one may take longer than that. */
const MIN_TRIES = 5;
const MAX_PAUSE_MS = 20;

/**
 * Reads, decides and writes again while the write fails because the object has changed meanwhile
 * (409 for an outdated `resourceVersion`). It gives up after five tries and five seconds. Named
 * after `RetryOnConflict` of client-go.
 * @param task reads again, each time, what its decision depends on
 * @throws ToolError `conflict` after that time, and what else the task throws, at once
 */
export async function retryOnConflict<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const endsAt = performance.now() + LIMIT_MS;
  for (let tries = 1; ; tries++) {
    try {
      return await task();
    } catch (error) {
      const isLast = tries >= MIN_TRIES && performance.now() > endsAt;
      if (isLast || !isOutdated(error)) throw error;
    }
    // A random pause, so that several writers do not retry in step.
    await delay(Math.random() * MAX_PAUSE_MS, undefined, { signal });
  }
}

/** Whether a conflict is the API server's own. Conflicts of field managers are for the caller. */
function isOutdated(error: unknown): boolean {
  return (
    error instanceof ToolError && error.code === 'conflict' && apiStatusOf(error) !== undefined
  );
}
