import { Deadline } from './deadline.js';

/** Performs a read. Ends early when the signal aborts. */
type Perform<T> = (signal: AbortSignal | undefined) => Promise<T>;

/**
 * Request coalescing: the same read, requested by several callers at the same time, is performed
 * once. The first in a turn of the event loop starts at once. Those that follow in the same turn
 * share one, at the end of the turn. So nobody gets an answer that is older than the request.
 */
export class CoalescedReads<T> {
  /** The reads requested in this turn, with those that wait for its end. */
  private turn: Map<string, SharedRead<T> | undefined> | undefined;

  /**
   * @param key the same for reads that have the same answer, whoever asks
   * @param signal ends this caller's wait; the read itself ends when nobody waits for it any more
   * @param isShared called where the answer is that of another caller's read
   * @throws ToolError `cancelled`, or the signal's own reason; what `perform` throws
   */
  read(
    key: string,
    signal: AbortSignal | undefined,
    perform: Perform<T>,
    isShared?: () => void,
  ): Promise<T> {
    this.turn ??= this.begin();
    if (!this.turn.has(key)) {
      this.turn.set(key, undefined);
      return perform(signal);
    }
    let shared = this.turn.get(key);
    if (!shared) {
      shared = new SharedRead(perform);
      this.turn.set(key, shared);
    } else isShared?.();
    return shared.join(signal);
  }

  private begin(): Map<string, SharedRead<T> | undefined> {
    const turn = new Map<string, SharedRead<T> | undefined>();
    setImmediate(() => {
      this.turn = undefined;
      for (const shared of turn.values()) shared?.start();
    });
    return turn;
  }
}

/** One read for several callers. */
class SharedRead<T> {
  private readonly answer = Promise.withResolvers<T>();
  /** Set once it has started. */
  private abort: AbortController | undefined;
  private waiting = 0;

  constructor(private readonly perform: Perform<T>) {}

  async join(signal: AbortSignal | undefined): Promise<T> {
    this.waiting++;
    const deadline = new Deadline(signal);
    try {
      return await deadline.race(this.answer.promise);
    } finally {
      deadline.dispose();
      this.waiting--;
      if (this.waiting === 0 && deadline.ended) this.abort?.abort(deadline.ended);
    }
  }

  start(): void {
    if (this.waiting === 0) return;
    this.abort = new AbortController();
    this.answer.resolve(this.perform(this.abort.signal));
  }
}
