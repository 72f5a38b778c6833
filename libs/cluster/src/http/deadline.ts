import { ToolError } from '#tools';

/** Ends one request when its caller gives up or its time is over, whichever comes first. */
export class Deadline {
  private reason: ToolError | undefined;
  private listener: ((reason: ToolError) => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private endsAt = Infinity;

  /**
   * @param timeoutMs milliseconds from `start`; no limit if left out
   * @param timedOut makes the error for when they are over
   */
  constructor(
    private readonly signal?: AbortSignal,
    private readonly timeoutMs?: number,
    private readonly timedOut: () => ToolError = () => new ToolError('timeout', 'Timed out.'),
  ) {
    if (signal?.aborted) this.abort();
    else signal?.addEventListener('abort', this.abort);
  }

  /** Starts the time limit, unless it is already running. */
  start(): void {
    if (this.timeoutMs === undefined || this.timer || this.reason) return;
    this.endsAt = performance.now() + this.timeoutMs;
    this.timer = setTimeout(() => this.end(this.timedOut()), this.timeoutMs);
  }

  /** Why the request must end. Undefined while it may go on. */
  get ended(): ToolError | undefined {
    return this.reason;
  }

  /**
   * Calls `listener` (the latest one only) when the request has to end, at once if that is already
   * so.
   */
  onEnd(listener: (reason: ToolError) => void): void {
    this.listener = listener;
    if (this.reason) listener(this.reason);
  }

  get remainingMs(): number {
    return this.endsAt - performance.now();
  }

  /** The promise's outcome, or the end of the request if that comes first. */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.onEnd(reject);
      promise.then(resolve, reject);
    });
  }

  /** Waits, but not past the end of the request. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      this.onEnd((reason) => {
        clearTimeout(timer);
        reject(reason);
      });
    });
  }

  /** Stops the time. `start` begins again with the full limit. */
  pause(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.endsAt = Infinity;
  }

  /** Ends the request, unless it has to end already. */
  end(reason: ToolError): void {
    this.reason ??= reason;
    this.listener?.(this.reason);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.signal?.removeEventListener('abort', this.abort);
    this.listener = undefined;
  }

  private readonly abort = (): void => {
    const cause: unknown = this.signal?.reason;
    this.end(
      cause instanceof ToolError ? cause : new ToolError('cancelled', 'Cancelled.', { cause }),
    );
  };
}
