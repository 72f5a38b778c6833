/** Pieces of work that one turn of the event loop takes. Most take one to three milliseconds. */
export const MAX_PIECES = 16;

/**
 * Spreads many short pieces of work over turns of the event loop, where all of them become ready at
 * once: answers that come together would otherwise be worked on together. It costs next to nothing
 * while there is little to do.
 */
export class SharedTurns {
  private readonly waiting: (() => void)[] = [];
  /** Pieces that this turn has taken. */
  private taken = 0;

  /** Await this before a piece of work. Those that have to wait get their turn in their order. */
  pass(): Promise<void> | undefined {
    if (this.taken === 0) setImmediate(() => this.turn());
    if (this.taken < MAX_PIECES) {
      this.taken++;
      return undefined;
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private turn(): void {
    const next = this.waiting.splice(0, MAX_PIECES);
    this.taken = next.length;
    if (next.length === 0) return;
    setImmediate(() => this.turn());
    for (const resume of next) resume();
  }
}

/** The turns of the one event loop that there is. */
export const sharedTurns = new SharedTurns();
