import { setImmediate } from 'node:timers/promises';

/**
 * Requests that may be open in the batches of one session. The SDK looks at all of them for each
 * answer.
 */
const MAX_OPEN = 1_000;

/**
 * Has batches begin one after another, each in a turn of the event loop of its own: a batch is as
 * much work as many requests.
 */
export class BatchTurns {
  private last: Promise<void> = Promise.resolve();

  /** Waits for the turn of a batch. */
  next(): Promise<void> {
    this.last = this.last.then(() => setImmediate());
    return this.last;
  }
}

/** The open batches of one session (JSON-RPC 2.0, chapter 6). */
export class Batches {
  private open = 0;

  constructor(private readonly turns: BatchTurns) {}

  /**
   * Lets a batch begin once it is its turn.
   * @param requests how many of its messages are requests
   * @returns a function to call at its end; undefined if too many requests are open
   */
  async begin(requests: number): Promise<(() => void) | undefined> {
    if (this.open + requests > MAX_OPEN) return undefined;
    this.open += requests;
    await this.turns.next();
    return () => (this.open -= requests);
  }
}
