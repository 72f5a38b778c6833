/**
 * Time for a write that is under way when its call ends: less than a tool is given to say what it
 * has done.
 */
const TAIL_MS = 1_000;

/**
 * Ends the writes of a call a little later than the call itself, so that the outcome of the last
 * one is known.
 */
export class WriteTail {
  private readonly ended = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly callSignal: AbortSignal) {
    callSignal.addEventListener('abort', this.begin, { once: true });
    if (callSignal.aborted) this.begin();
  }

  get signal(): AbortSignal {
    return this.ended.signal;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.callSignal.removeEventListener('abort', this.begin);
  }

  private readonly begin = (): void => {
    this.timer = setTimeout(() => this.ended.abort(this.callSignal.reason), TAIL_MS);
  };
}
