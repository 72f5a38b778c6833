/**
 * Milliseconds for a write to finish after its call has ended. Less than the time that a tool has
 * to report what it has done.
 */
const TAIL_MS = 1_000;

/**
 * Ends the writes of a call a little later than the call itself, so that the outcome of the last
 * write is known.
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
