import { pause, pauseAfter } from './pauses.js';
import { SkyfloError } from './skyflo-error.js';

/** How often, and how long, something is tried. */
export interface RetryOptions {
  retries: number;
  signal?: AbortSignal | undefined;
  /** Whether a failure may be followed by another attempt: if it is retryable, unless given. */
  mayRepeat?: (error: SkyfloError) => boolean;
}

/**
 * Tries until it succeeds, or a failure is one that does not pass.
 * @throws the last failure
 */
export async function retried<T>(
  attempt: () => Promise<T>,
  { retries, signal, mayRepeat = isPassing }: RetryOptions,
): Promise<T> {
  for (let made = 0; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof SkyfloError) || made >= retries || !mayRepeat(error)) throw error;
      const ms = pauseAfter(error, made);
      if (ms === undefined) throw error;
      await pause(ms, signal);
    }
  }
}

/** What has taken all of its time once would take it again. */
function isPassing({ retryable, code }: SkyfloError): boolean {
  return retryable && code !== 'timeout';
}
