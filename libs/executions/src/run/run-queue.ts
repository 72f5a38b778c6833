import { Shares } from '#base';
import { ToolError } from '#tools';
import { Places, type Taker } from './places.js';

export interface RunLimits {
  /** Most that run at once. */
  total: number;
  /** Most of one category that run at once, where less than the total. */
  byCategory: ReadonlyMap<string, number>;
  /** Percent of what the others leave that one caller may take, of each number. */
  callerPercent: number;
  /** Most of one caller that wait for a place, of each lane. */
  queuedPerCaller: number;
  /** Most calls that only let time pass, beside those that run. */
  waits: number;
}

/** A call that wants a place. */
interface Candidate extends Taker {
  /** The category whose limit it also counts against, if any. */
  category?: string | undefined;
}

/** The right to run. */
export interface Place {
  /** Whether it is taken at once. */
  isNow: boolean;
  /** Waits for it; rejects with the signal's reason. */
  taken: Promise<void>;
  /** To be called once it is taken and no longer needed. */
  giveBack: () => void;
  /** Gives back what a call does not need that only lets time pass from here on. */
  rest?: () => void;
}

interface Waiter {
  candidate: Candidate;
  start: () => void;
  giveUp: (reason: Error) => void;
}

/** Seconds after which callers with a full queue may try again. Most calls take less. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Bounds how many calls run at once. One caller, and one lane, gets a share of the places, as of
 * each category's, whoever else is there. Those that have to wait take turns by caller, so that one
 * who asks for much does not hold up the others.
 */
export class RunQueue {
  private readonly running: Places;
  private readonly runningOf: ReadonlyMap<string, Places>;
  private readonly waits: Shares;
  /** By caller, in the order of their turns. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly limits: RunLimits) {
    const { total, byCategory, callerPercent, waits } = limits;
    this.running = new Places(total, callerPercent, true);
    this.waits = new Shares(waits, callerPercent);
    this.runningOf = new Map(
      [...byCategory].map(([category, most]) => [category, new Places(most, callerPercent, false)]),
    );
  }

  /**
   * Takes a place, or gets in line for one.
   * @throws ToolError as `wait`
   */
  enter(candidate: Candidate, signal: AbortSignal): Place {
    const isNow = this.tryTake(candidate);
    const taken = isNow ? Promise.resolve() : this.wait(candidate, signal);
    // The signal may abort before anything awaits the promise.
    taken.catch(() => {});
    return { isNow, taken, giveBack: () => this.release(candidate) };
  }

  /**
   * Takes a place among the calls that only let time pass.
   * @throws ToolError `busy` where this caller has too many of them
   */
  enterWait({ caller }: Pick<Candidate, 'caller'>): Place {
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
   * Takes a place for a call that lets time pass once it has worked, and one among those that only
   * do that: it must not turn out too late that there is none.
   * @throws ToolError as `enter` and `enterWait`
   */
  enterThenWait(candidate: Candidate, signal: AbortSignal): Place {
    const wait = this.enterWait(candidate);
    let work: Place;
    try {
      work = this.enter(candidate, signal);
    } catch (error) {
      wait.giveBack();
      throw error;
    }
    work.taken.catch(wait.giveBack);
    let hasWork = true;
    const rest = () => {
      if (hasWork) work.giveBack();
      hasWork = false;
    };
    const giveBack = () => {
      rest();
      wait.giveBack();
    };
    return { ...work, giveBack, rest };
  }

  /**
   * Takes a place, at once if there is one.
   * @returns false if it has to wait, with `wait`
   */
  tryTake(candidate: Candidate): boolean {
    const pools = this.poolsOf(candidate);
    if (!pools.every((pool) => pool.hasRoom(candidate))) return false;
    for (const pool of pools) pool.take(candidate);
    return true;
  }

  /**
   * Waits for a place.
   * @throws ToolError `busy` where too many calls of this caller wait; the signal's reason; that of
   * a lane on which no call can go
   */
  wait(candidate: Candidate, signal: AbortSignal): Promise<void> {
    const { caller, lane } = candidate;
    if (lane?.refusal) throw lane.refusal;
    const others = this.waiting.get(caller) ?? [];
    const count = others.filter((other) => other.candidate.lane?.name === lane?.name).length;
    if (count >= this.limits.queuedPerCaller) {
      throw busy(`${count} calls of this caller already wait for their turn`);
    }
    return new Promise((resolve, reject) => {
      const giveUp = (reason: Error) => {
        signal.removeEventListener('abort', leave);
        this.remove(waiter);
        reject(reason);
      };
      const leave = () => giveUp(signal.reason as Error);
      const start = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiter: Waiter = { candidate, start, giveUp };
      others.push(waiter);
      this.waiting.set(caller, others);
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** Gives a place back. */
  release(candidate: Candidate): void {
    for (const pool of this.poolsOf(candidate)) pool.giveBack(candidate);
    while (this.startNext());
  }

  /** Lets nobody wait for a turn on a lane on which no call can go. */
  refuseBlocked(): void {
    for (const { candidate, giveUp } of [...this.waiting.values()].flat()) {
      const { lane } = candidate;
      if (lane?.refusal) giveUp(lane.refusal);
    }
  }

  /** One place that becomes free may leave room for several callers, whose shares grow with it. */
  private startNext(): boolean {
    for (const [caller, waiters] of this.waiting) {
      if (!this.running.hasShare(caller)) continue;
      const waiter = waiters.find(({ candidate }) => this.tryTake(candidate));
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
    const { caller } = waiter.candidate;
    const waiters = this.waiting.get(caller);
    const index = waiters?.indexOf(waiter) ?? -1;
    if (!waiters || index < 0) return;
    waiters.splice(index, 1);
    if (waiters.length === 0) this.waiting.delete(caller);
  }

  private poolsOf({ category }: Candidate): Places[] {
    const own = category === undefined ? undefined : this.runningOf.get(category);
    return own ? [this.running, own] : [this.running];
  }
}

function busy(why: string): ToolError {
  return new ToolError('busy', `${why}. Try again in ${RETRY_AFTER_SECONDS} s.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
