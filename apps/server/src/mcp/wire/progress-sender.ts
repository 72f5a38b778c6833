import type { Progress } from '#tools';

/** Growth of a repeated progress. A day of repetitions fits between two whole numbers. */
const SMALL_STEP = 2 ** -13;

/**
 * Sends the progress of a call, and repeats the latest progress after a silence, because clients
 * wait as long as progress comes. The value always grows (MCP 2025-11-25, Progress).
 */
export class ProgressSender {
  private reached = -Infinity;
  private latest: Omit<Progress, 'progress'> = {};
  private readonly timer: NodeJS.Timeout;

  /** @param repeatMs milliseconds of silence after which the latest progress is sent again */
  constructor(
    private readonly send: (progress: Progress) => void,
    repeatMs: number,
  ) {
    this.timer = setInterval(() => this.repeat(), repeatMs);
  }

  /** Sends a progress unless its value and its message are old. */
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
