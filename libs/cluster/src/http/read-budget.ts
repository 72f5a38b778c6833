import { Shares } from '#base';
import { ToolError } from '#tools';

/** Bytes of all answers together, unless a setting says otherwise. */
const TOTAL_BYTES = 512 * 1024 * 1024;
/** Percent of what the others leave that one context may take: one cannot keep out the rest. */
const CONTEXT_PERCENT = 75;
/** Bytes up to which an answer is not counted: nearly all are smaller. */
const UNCOUNTED_BYTES = 64 * 1024;
/** Bytes by which the count of a larger one grows. */
const STEP_BYTES = 256 * 1024;
const RETRY_AFTER_SECONDS = 2;

/** Bounds how many bytes of answers of clusters are being read at a time. */
export class ReadBudget {
  private readonly shares: Shares;

  constructor(private readonly totalBytes = TOTAL_BYTES) {
    this.shares = new Shares(totalBytes, CONTEXT_PERCENT);
  }

  /** Begins to count an answer of a context. */
  open(context: string): HeldBytes {
    return new HeldBytes(this.shares, context);
  }

  /** Why an answer that finds no room is given up. */
  refusal(): ToolError {
    const megabytes = Math.ceil(this.totalBytes / 1_000_000);
    return new ToolError(
      'busy',
      `The answers that this server is reading from clusters fill the ${megabytes} MB that it allows for them (MAX_CLUSTER_READ_BYTES). Try again in ${RETRY_AFTER_SECONDS} s, or ask for less at a time.`,
      { retryAfterSeconds: RETRY_AFTER_SECONDS },
    );
  }
}

/** What one answer takes of the budget. */
export class HeldBytes {
  private held = 0;
  private isReleased = false;

  constructor(
    private readonly shares: Shares,
    private readonly context: string,
  ) {}

  /** Says how many bytes of it are in memory. @returns whether there is room for them */
  growTo(bytes: number): boolean {
    if (this.isReleased) return false;
    if (bytes <= this.held || bytes <= UNCOUNTED_BYTES) return true;
    const more = Math.ceil((bytes - this.held) / STEP_BYTES) * STEP_BYTES;
    if (!this.shares.tryTake(this.context, more)) return false;
    this.held += more;
    return true;
  }

  /** Gives all of it back, for good. */
  release(): void {
    this.isReleased = true;
    if (this.held > 0) this.shares.giveBack(this.context, this.held);
    this.held = 0;
  }
}
