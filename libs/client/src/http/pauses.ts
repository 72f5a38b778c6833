import type { SkyfloError } from './skyflo-error.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** A server that asks for a longer pause is not waited for. */
const LONGEST_RETRY_AFTER_SECONDS = 60;

/**
 * Milliseconds before the next attempt, or undefined if there is to be none.
 * @param attempt 0 after the first one
 */
export function pauseAfter(error: SkyfloError, attempt: number): number | undefined {
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds === undefined) {
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
    // Many clients of one server must not come back at the same moment.
    return ms / 2 + (Math.random() * ms) / 2;
  }
  return retryAfterSeconds > LONGEST_RETRY_AFTER_SECONDS ? undefined : retryAfterSeconds * 1_000;
}

/** @throws the reason of the signal, if that comes first */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return until(new Promise((resolve) => setTimeout(resolve, ms)), signal);
}

/**
 * What a promise gives.
 * @throws the reason of the signal, if that comes first
 */
export function until<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
