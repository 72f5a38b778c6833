import { Shares } from '#base';
import type { Lane } from '#tools';

/**
 * Percent of the places that the calls of one lane may take, and of those that each caller may. A
 * caller who is alone may still work on another lane, and other callers as well.
 */
const LANE_PERCENT = 80;

/** The same for calls that last: fewer, so that those of one lane do not fill it. */
const LONG_PERCENT = 60;

/** The call that a place is for. */
export interface Taker {
  caller: string;
  lane?: Lane | undefined;
  /** Whether it may be held for long: some places are left for calls that soon end. */
  isLong: boolean;
}

/**
 * A number of places, each for one call at a time: shared out among callers, then among lanes, then
 * between calls that last and calls that soon end.
 */
export class Places {
  private readonly callers: Shares;
  private readonly parts: readonly Part[];

  /**
   * @param callerPercent of what the others leave that one caller may hold
   * @param leavesRoom whether calls that last may not take all of them
   */
  constructor(total: number, callerPercent: number, leavesRoom: boolean) {
    this.callers = new Shares(total, callerPercent);
    const laneOf = ({ lane }: Taker) => (lane?.isOnly ? undefined : lane?.name);
    const byLane = new Part(total, LANE_PERCENT, laneOf);
    const lengthOf = ({ isLong }: Taker) => (isLong ? 'long' : undefined);
    const byLength = new Part(total, LONG_PERCENT, lengthOf);
    this.parts = leavesRoom ? [byLane, byLength] : [byLane];
  }

  /** Whether a caller may hold one more, for some call. */
  hasShare(caller: string): boolean {
    return this.callers.hasRoom(caller);
  }

  hasRoom(taker: Taker): boolean {
    if (!this.hasShare(taker.caller)) return false;
    const share = this.callers.shareOf(taker.caller);
    return this.parts.every((part) => part.hasRoom(taker, share));
  }

  /** Takes a place. There must be room. */
  take(taker: Taker): void {
    this.callers.tryTake(taker.caller);
    for (const part of this.parts) part.take(taker);
  }

  giveBack(taker: Taker): void {
    this.callers.giveBack(taker.caller);
    for (const part of this.parts) part.giveBack(taker);
  }
}

/** Bounds what calls of one kind hold: of all places, and of those of each caller. */
class Part {
  private readonly kinds: Shares;
  private readonly own = new Map<string, number>();

  /** @param kindOf the kind of a call; undefined for one that is not bounded */
  constructor(
    total: number,
    private readonly percent: number,
    private readonly kindOf: (taker: Taker) => string | undefined,
  ) {
    this.kinds = new Shares(total, percent);
  }

  /** @param share how many places of all kinds the caller may hold */
  hasRoom(taker: Taker, share: number): boolean {
    const kind = this.kindOf(taker);
    if (kind === undefined) return true;
    const most = Math.max(1, Math.floor((share * this.percent) / 100));
    return this.kinds.hasRoom(kind) && this.heldBy(kind, taker) < most;
  }

  take(taker: Taker): void {
    this.add(taker, 1);
  }

  giveBack(taker: Taker): void {
    this.add(taker, -1);
  }

  private add(taker: Taker, count: 1 | -1): void {
    const kind = this.kindOf(taker);
    if (kind === undefined) return;
    if (count > 0) this.kinds.tryTake(kind);
    else this.kinds.giveBack(kind);
    const held = this.heldBy(kind, taker) + count;
    if (held > 0) this.own.set(keyOf(kind, taker), held);
    else this.own.delete(keyOf(kind, taker));
  }

  private heldBy(kind: string, taker: Taker): number {
    return this.own.get(keyOf(kind, taker)) ?? 0;
  }
}

function keyOf(kind: string, { caller }: Taker): string {
  return `${caller} ${kind}`;
}
