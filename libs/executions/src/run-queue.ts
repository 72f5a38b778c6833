import { Shares } from '#base';
import { ToolError } from '#tools';

export interface RunLimits {
  /** Most that run at once. */
  total: number;
  /** Most of one category that run at once, where less than the total. */
  byCategory: ReadonlyMap<string, number>;
  /** Percent of what the others leave that one caller may take, of each number. */
  callerPercent: number;
  /** Most of one caller that wait for a place. */
  queuedPerCaller: number;
  /** Most calls that only let time pass, beside those that run. */
  waits: number;
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
 * Bounds how many calls run at once. One caller gets a share of the places, as of each category's,
 * whoever else is there. Those that have to wait take turns by caller, so that one who asks for
 * much does not hold up the others.
 */
export class RunQueue {
  private readonly running: Shares;
  private readonly runningOf: ReadonlyMap<string, Shares>;
  private readonly waits: Shares;
  /** By caller, in the order of their turns. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly limits: RunLimits) {
    const { total, byCategory, callerPercent, waits } = limits;
    this.running = new Shares(total, callerPercent);
    this.waits = new Shares(waits, callerPercent);
    this.runningOf = new Map(
      [...byCategory].map(([category, most]) => [category, new Shares(most, callerPercent)]),
    );
  }

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
   * Takes a place among the calls that only let time pass.
   * @throws ToolError `busy` where this caller has too many of them
   */
  enterWait({ caller }: Candidate): Place {
    if (!this.waits.tryTake(caller)) {
      throw busy(`${this.waits.heldBy(caller)} calls of this caller already let time pass`);
    }
    return {
      isNow: true,
      taken: Promise.resolve(),
      giveBack: () => this.waits.giveBack(caller),
    };
  }

  /**
   * Takes a place, at once if there is one.
   * @returns false if it has to wait, with `wait`
   */
  tryTake({ category, caller }: Candidate): boolean {
    if (!this.hasRoom({ category, caller })) return false;
    this.running.tryTake(caller);
    this.runningOf.get(category)?.tryTake(caller);
    return true;
  }

  /**
   * Waits for a place.
   * @throws ToolError `busy` where too many calls of this caller wait; the signal's reason
   */
  wait(candidate: Candidate, signal: AbortSignal): Promise<void> {
    const others = this.waiting.get(candidate.caller) ?? [];
    if (others.length >= this.limits.queuedPerCaller) {
      throw busy(`${others.length} calls of this caller already wait for their turn`);
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
  release({ category, caller }: Candidate): void {
    this.running.giveBack(caller);
    this.runningOf.get(category)?.giveBack(caller);
    while (this.startNext());
  }

  /** One place that becomes free may leave room for several callers, whose shares grow with it. */
  private startNext(): boolean {
    for (const [caller, waiters] of this.waiting) {
      if (!this.running.hasRoom(caller)) continue;
      const waiter = waiters.find((one) => this.tryTake(one));
      if (!waiter) continue;
      this.remove(waiter);
      const left = this.waiting.get(caller);
      if (left) {
        // Its next turn comes after everybody else's.
        this.waiting.delete(caller);
        this.waiting.set(caller, left);
      }
      waiter.start();
      return true;
    }
    return false;
  }

  private remove(waiter: Waiter): void {
    const waiters = this.waiting.get(waiter.caller);
    const index = waiters?.indexOf(waiter) ?? -1;
    if (!waiters || index < 0) return;
    waiters.splice(index, 1);
    if (waiters.length === 0) this.waiting.delete(waiter.caller);
  }

  private hasRoom({ category, caller }: Candidate): boolean {
    return this.running.hasRoom(caller) && (this.runningOf.get(category)?.hasRoom(caller) ?? true);
  }
}

function busy(why: string): ToolError {
  return new ToolError('busy', `${why}. Try again in ${RETRY_AFTER_SECONDS} s.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
