import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError, type ToolErrorCode } from '#tools';
import { Backoff } from './backoff.js';

/** Failures of a read that pass when the API server is back, unless they are not retryable. */
const PASSING: ReadonlySet<ToolErrorCode> = new Set(['unavailable', 'timeout', 'busy']);

/** Lets a waiting call go on, up to its own limit, while the cluster is away. */
export class Outage {
  private awayFor: string | undefined;

  /**
   * @param ended aborts at the limit of the wait, or when it is cancelled
   * @param tell gets a sentence when the cluster goes away, and when it is back
   */
  constructor(
    private readonly ended: AbortSignal,
    private readonly tell: (message: string) => void,
  ) {}

  /**
   * A sentence that the cluster is away and why, to follow another one. Empty while the cluster can
   * be read.
   */
  get remark(): string {
    return this.awayFor === undefined ? '' : ` The cluster is away: ${this.awayFor}`;
  }

  /**
   * Reads, again and again while the cluster is away.
   * @param read is to end with the wait
   * @returns undefined if the wait ends before it is back
   * @throws what else the read throws
   */
  async survive<T>(read: () => Promise<T>): Promise<T | undefined> {
    const backoff = new Backoff();
    for (;;) {
      try {
        const result = await read();
        if (this.awayFor !== undefined) this.tell('The cluster is back.');
        this.awayFor = undefined;
        return result;
      } catch (error) {
        if (this.ended.aborted) return undefined;
        if (!isAway(error)) throw error;
        if (this.awayFor === undefined) this.tell(`The cluster is away: ${error.message}`);
        this.awayFor = error.message;
      }
      await sleep(backoff.next(), undefined, { signal: this.ended }).catch(() => {});
      if (this.ended.aborted) return undefined;
    }
  }
}

/**
 * Whether a read failed for no other reason than that the API server does not answer now, or that
 * something before it answers in its place (`upstream`).
 */
export function isAway(error: unknown): error is ToolError {
  if (!(error instanceof ToolError)) return false;
  return error.code === 'upstream' || (PASSING.has(error.code) && error.retryable);
}
