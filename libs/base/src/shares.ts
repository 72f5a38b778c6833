/**
 * Shares a number of places among callers, so that none of them takes all. Each may hold a
 * percentage of what the others leave, and always one while one is free. With 50 percent, a caller
 * who is alone gets one half, two callers get a third each, and so on. Some places are always left
 * for the next caller.
 */
export class Shares {
  private all = 0;
  private readonly held = new Map<string, number>();

  /**
   * @param total places
   * @param percent of what the others leave that one caller may hold
   */
  constructor(
    private readonly total: number,
    private readonly percent: number,
  ) {}

  /** How many a caller holds. */
  heldBy(caller: string): number {
    return this.held.get(caller) ?? 0;
  }

  /** How many a caller may hold now. */
  shareOf(caller: string): number {
    const left = this.total - (this.all - this.heldBy(caller));
    return Math.min(left, Math.max(1, Math.floor((left * this.percent) / 100)));
  }

  /** Whether a caller may take so many more. */
  hasRoom(caller: string, count = 1): boolean {
    return this.heldBy(caller) + count <= this.shareOf(caller);
  }

  /** Takes places if enough are free. @returns whether there were enough */
  tryTake(caller: string, count = 1): boolean {
    if (!this.hasRoom(caller, count)) return false;
    this.all += count;
    this.held.set(caller, this.heldBy(caller) + count);
    return true;
  }

  /** Gives places back that were taken. */
  giveBack(caller: string, count = 1): void {
    const left = this.heldBy(caller) - count;
    this.all -= count;
    if (left > 0) this.held.set(caller, left);
    else this.held.delete(caller);
  }
}
