import { setTimeout as delay } from 'node:timers/promises';
import { ToolError } from '#tools';
import { apiStatusOf } from './api-error.js';

/**
 * Milliseconds. An object changes several times in a row while its controller works. This is long
 * enough for it to settle.
 */
const LIMIT_MS = 5_000;
const MAX_PAUSE_MS = 20;

/**
 * Reads, decides and writes again while the write fails because the object has changed meanwhile
 * (409 for an outdated `resourceVersion`). It gives up after five seconds. Named after
 * `RetryOnConflict` of client-go.
 * @param task reads again, each time, what its decision depends on
 * @throws ToolError `conflict` after that time, and what else the task throws, at once
 */
export async function retryOnConflict<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const endsAt = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (!isOutdated(error) || performance.now() > endsAt) throw error;
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
