import { setTimeout as delay } from 'node:timers/promises';
import { ToolError } from '#tools';
import { apiStatusOf } from './api-error.js';

/**
 * An object whose controller is at work changes several times in a row: long enough for it to come
 * to rest.
 */
const LIMIT_MS = 5_000;
const MAX_PAUSE_MS = 20;

/**
 * Reads, decides and writes again, as long as the write fails since the object has been changed
 * meanwhile (409, as the API server answers to an outdated `resourceVersion`); for five seconds at
 * most. Named after `RetryOnConflict` of client-go.
 * @param task reads what it decides by anew each time
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
    // Not in step with whoever else is writing.
    await delay(Math.random() * MAX_PAUSE_MS, undefined, { signal });
  }
}

/**
 * The API server's own conflicts; those that a check has made of field managers are for the caller.
 */
function isOutdated(error: unknown): boolean {
  return (
    error instanceof ToolError && error.code === 'conflict' && apiStatusOf(error) !== undefined
  );
}
