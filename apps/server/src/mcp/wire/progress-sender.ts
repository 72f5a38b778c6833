import type { Progress } from '#tools';

/**
 * What a repeated progress grows by: a day of repetitions fits between two whole numbers, as tools
 * count in.
 */
const SMALL_STEP = 2 ** -13;

/**
 * Tells a client how far its call is, and says the latest anew when nothing has changed for a
 * while: clients wait as long as they hear of progress. Its value only grows, as clients may rely
 * on (MCP 2025-11-25, Progress).
 */
export class ProgressSender {
  private reached = -Infinity;
  private latest: Omit<Progress, 'progress'> = {};
  private readonly timer: NodeJS.Timeout;

  /** @param repeatMs milliseconds of silence after which the latest progress is sent anew */
  constructor(
    private readonly send: (progress: Progress) => void,
    repeatMs: number,
  ) {
    this.timer = setInterval(() => this.repeat(), repeatMs);
  }

  /** Sends a progress, unless it has been reached before and says nothing new. */
  report({ progress, ...more }: Progress): void {
    const isNews = progress > this.reached || more.message !== this.latest.message;
    this.latest = more;
    if (!isNews) return;
    this.timer.refresh();
    this.reached = Math.max(progress, this.reached + SMALL_STEP);
    this.send(this.latestProgress());
  }

  /** Ends the repetitions. */
  stop(): void {
    clearInterval(this.timer);
  }

  private repeat(): void {
    this.reached = this.reached === -Infinity ? 0 : this.reached + SMALL_STEP;
    this.send(this.latestProgress());
  }

  private latestProgress(): Progress {
    const { total, message } = this.latest;
    return {
      progress: this.reached,
      ...(total !== undefined && total >= this.reached && { total }),
      ...(message !== undefined && { message }),
    };
  }
}
