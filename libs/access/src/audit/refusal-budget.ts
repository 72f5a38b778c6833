/** Refused calls of one principal that are kept at once, and a second. A read takes longer. */
const BURST = 1_000;
const PER_SECOND = 20;
/** Principals that are followed. Beyond that, those who wait longest are taken for new. */
const MAX_PRINCIPALS = 10_000;

interface Account {
  left: number;
  at: number;
}

/**
 * Bounds how many refused calls of each principal are kept, for a refusal costs its caller next to
 * nothing. Nobody uses up what others have.
 */
export class RefusalBudget {
  private readonly accounts = new Map<string, Account>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes one. @returns whether there was one left */
  tryTake(principal: string): boolean {
    const at = this.now();
    const known = this.accounts.get(principal);
    const gained = known ? ((at - known.at) * PER_SECOND) / 1_000 : 0;
    const left = known ? Math.min(BURST, known.left + gained) : BURST;
    const isLeft = left >= 1;
    // The last one to come is the last one to be forgotten.
    this.accounts.delete(principal);
    this.accounts.set(principal, { left: isLeft ? left - 1 : left, at });
    if (this.accounts.size > MAX_PRINCIPALS) this.forgetOne();
    return isLeft;
  }

  private forgetOne(): void {
    const [longest] = this.accounts.keys();
    if (longest !== undefined) this.accounts.delete(longest);
  }
}
