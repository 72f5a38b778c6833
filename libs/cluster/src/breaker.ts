import { ToolError } from '#tools';

/**
 * How long an API server may leave a request unanswered before it is asked whether it is there at
 * all, in milliseconds.
 */
const SUSPICIOUS_MS = 5_000;
const SWEEP_MS = 1_000;
/** Between two questions to one that is not, in milliseconds. */
const FIRST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 8_000;

/**
 * Fails requests at once while an API server answers nothing, so that what waits for it does not
 * hold up the rest (circuit breaker). It opens when a request has had no answer for five seconds
 * and the server does not say its version either; it is asked for that again until it does.
 */
export class Breaker {
  /** When each unanswered request was sent, the oldest first. */
  private readonly unanswered = new Map<symbol, number>();
  private sweeper: NodeJS.Timeout | undefined;
  private isAsking = false;
  private openSince: number | undefined;
  private isClosed = false;

  /**
   * @param name of the API server, to begin a sentence
   * @param answers asks it for its version; false where it does not answer
   */
  constructor(
    private readonly name: string,
    private readonly answers: () => Promise<boolean>,
  ) {}

  /**
   * Notes a request that is sent.
   * @returns to be called when it has ended, with whether the API server has answered it
   * @throws ToolError `unavailable` while the API server does not answer
   */
  enter(): (isAnswered: boolean) => void {
    if (this.openSince !== undefined) {
      const seconds = Math.round((performance.now() - this.openSince) / 1_000);
      throw new ToolError(
        'unavailable',
        `${this.name} has not answered for ${seconds} s. It is asked again and again until it does.`,
      );
    }
    const request = Symbol('request');
    this.unanswered.set(request, performance.now());
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
    return (isAnswered) => {
      this.unanswered.delete(request);
      if (isAnswered) this.openSince = undefined;
    };
  }

  /** Asks no more. */
  close(): void {
    this.isClosed = true;
    this.stopSweeping();
  }

  private stopSweeping(): void {
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }

  private sweep(): void {
    if (this.unanswered.size === 0) return this.stopSweeping();
    const [oldest = Infinity] = this.unanswered.values();
    if (this.isAsking || performance.now() - oldest < SUSPICIOUS_MS) return;
    void this.ask(oldest);
  }

  private async ask(since: number): Promise<void> {
    this.isAsking = true;
    for (let pauseMs = FIRST_PAUSE_MS; !this.isClosed;) {
      if (await this.answers()) break;
      this.openSince ??= since;
      await new Promise<void>((resolve) => void setTimeout(resolve, pauseMs).unref());
      pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS);
    }
    this.openSince = undefined;
    this.isAsking = false;
  }
}
