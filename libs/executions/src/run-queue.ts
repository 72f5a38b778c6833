import { ToolError } from '#tools';

export interface RunLimits {
  /** Most that run at once. */
  total: number;
  /** Most of one category that run at once, where less than the total. */
  byCategory: ReadonlyMap<string, number>;
  /** Most of one caller that wait. */
  queuedPerCaller: number;
}

/** Who wants to run what. */
interface Candidate {
  category: string;
  caller: string;
}

/** The right to run. */
export interface Place {
  /** Whether it is taken at once. */
  isNow: boolean;
  /** Waits for it; rejects with the signal's reason. */
  taken: Promise<void>;
  /** To be called once it is taken and no longer needed. */
  giveBack: () => void;
}

interface Waiter extends Candidate {
  start: () => void;
}

/** When to come back, told to those whose queue is full: most calls take less. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Bounds how many calls run at once. Those that have to wait take turns by caller, so that one who asks for much does not hold up the others.
 */
export class RunQueue {
  private running = 0;
  private readonly runningOf = new Map<string, number>();
  /** By caller, in the order of their turns. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly limits: RunLimits) {}

  /**
   * Takes a place, or gets in line for one.
   * @throws ToolError as `wait`
   */
  enter(candidate: Candidate, signal: AbortSignal): Place {
    const isNow = this.tryTake(candidate);
    const taken = isNow ? Promise.resolve() : this.wait(candidate, signal);
    // The signal may abort before anybody waits.
    taken.catch(() => {});
    return { isNow, taken, giveBack: () => this.release(candidate) };
  }

  /**
   * Takes a place, at once if there is one.
   * @returns false if it has to wait, with `wait`
   */
  tryTake({ category }: Candidate): boolean {
    if (!this.hasRoom(category)) return false;
    this.add(category, 1);
    return true;
  }

  /**
   * Waits for a place.
   * @throws ToolError `busy` where too many calls of this caller wait; the signal's reason
   */
  wait(candidate: Candidate, signal: AbortSignal): Promise<void> {
    const others = this.waiting.get(candidate.caller) ?? [];
    if (others.length >= this.limits.queuedPerCaller) {
      throw new ToolError(
        'busy',
        `${others.length} calls of this caller already wait for their turn. Try again in ${RETRY_AFTER_SECONDS} s.`,
        { retryAfterSeconds: RETRY_AFTER_SECONDS },
      );
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.remove(waiter);
        reject(signal.reason as Error);
      };
      const start = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiter = { ...candidate, start };
      others.push(waiter);
      this.waiting.set(candidate.caller, others);
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** Gives a place back. */
  release({ category }: Candidate): void {
    this.add(category, -1);
    this.startNext();
  }

  private startNext(): void {
    for (const [caller, waiters] of this.waiting) {
      if (this.running >= this.limits.total) return;
      const waiter = waiters.find(({ category }) => this.hasRoom(category));
      if (!waiter) continue;
      this.remove(waiter);
      const left = this.waiting.get(caller);
      if (left) {
        // Its next turn comes after everybody else's.
        this.waiting.delete(caller);
        this.waiting.set(caller, left);
      }
      this.add(waiter.category, 1);
      waiter.start();
      return;
    }
  }

  private remove(waiter: Waiter): void {
    const waiters = this.waiting.get(waiter.caller);
    const index = waiters?.indexOf(waiter) ?? -1;
    if (!waiters || index < 0) return;
    waiters.splice(index, 1);
    if (waiters.length === 0) this.waiting.delete(waiter.caller);
  }

  private hasRoom(category: string): boolean {
    const most = this.limits.byCategory.get(category) ?? Infinity;
    return this.running < this.limits.total && (this.runningOf.get(category) ?? 0) < most;
  }

  private add(category: string, change: 1 | -1): void {
    this.running += change;
    this.runningOf.set(category, (this.runningOf.get(category) ?? 0) + change);
  }
}
