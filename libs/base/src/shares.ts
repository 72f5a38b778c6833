/**
 * Shares out a number of places among callers, so that no one of them takes all: each may hold a
 * part of what the others leave, and always one while there is a free one. With a part of a half, a
 * caller who is alone gets one half, two get a third each, and so on: some are left for whoever
 * comes next.
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

  /** Whether a caller may take one more. */
  hasRoom(caller: string): boolean {
    return this.heldBy(caller) < this.shareOf(caller);
  }

  /** Takes a place, at once if there is one. @returns whether there was */
  tryTake(caller: string): boolean {
    if (!this.hasRoom(caller)) return false;
    this.all += 1;
    this.held.set(caller, this.heldBy(caller) + 1);
    return true;
  }

  /** Gives a place back that was taken. */
  giveBack(caller: string): void {
    const left = this.heldBy(caller) - 1;
    this.all -= 1;
    if (left > 0) this.held.set(caller, left);
    else this.held.delete(caller);
  }
}
