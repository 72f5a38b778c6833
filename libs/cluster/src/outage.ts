import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError, type ToolErrorCode } from '#tools';

/** Failures of a read that pass when the API server is back, unless they say that they do not. */
const PASSING: ReadonlySet<ToolErrorCode> = new Set(['unavailable', 'timeout', 'busy']);

/**
 * Milliseconds before the first new attempt; each pause is twice as long as the one before, up to
 * the most.
 */
const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 4_000;

/** Lets a call that waits go on waiting, until its own limit, while the cluster is away. */
export class Outage {
  private awayFor: string | undefined;

  /**
   * @param ended aborts at the limit of the wait, or when it is cancelled
   * @param tell is told once when the cluster goes away, in a sentence
   */
  constructor(
    private readonly ended: AbortSignal,
    private readonly tell: (message: string) => void,
  ) {}

  /** Why the cluster cannot be read now, as a sentence; undefined while it can. */
  get reason(): string | undefined {
    return this.awayFor;
  }

  /**
   * Reads, again and again while the cluster is away.
   * @returns undefined if the wait ends before it is back
   * @throws what else the read throws
   */
  async survive<T>(read: () => Promise<T>): Promise<T | undefined> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS)) {
      try {
        const result = await read();
        this.awayFor = undefined;
        return result;
      } catch (error) {
        if (!isAway(error)) throw error;
        if (this.awayFor === undefined) this.tell(`The cluster is away: ${error.message}`);
        this.awayFor = error.message;
      }
      await sleep(pauseMs, undefined, { signal: this.ended }).catch(() => {});
      if (this.ended.aborted) return undefined;
    }
  }
}

/**
 * Whether a read failed for no other reason than that the API server does not answer now, or that
 * something before it answers in its place (`upstream`).
 */
function isAway(error: unknown): error is ToolError {
  if (!(error instanceof ToolError)) return false;
  return error.code === 'upstream' || (PASSING.has(error.code) && error.retryable);
}
