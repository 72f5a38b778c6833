/** Pieces of work that one turn of the event loop takes. Most take one to three milliseconds. */
export const MAX_PIECES = 16;

/** Milliseconds after which a turn is full. The next one takes half as many pieces. */
const LONG_MS = 25;
/** A turn that was shorter is followed by one with twice as many, up to the maximum. */
const SHORT_MS = 10;

/**
 * Spreads many short pieces of work over turns of the event loop, where all of them become ready at
 * once: answers that come together would otherwise be worked on together. It costs next to nothing
 * while there is little to do.
 */
export class SharedTurns {
  private readonly waiting: (() => void)[] = [];
  /** Pieces that a turn takes, as long as those before have taken. */
  private most = MAX_PIECES;
  /** Pieces that this turn has taken. */
  private taken = 0;
  /** When this turn began. */
  private since = 0;

  /** Await this before a piece of work. Those that have to wait get their turn in their order. */
  pass(): Promise<void> | undefined {
    if (this.taken === 0) this.begin();
    else if (performance.now() - this.since > LONG_MS) this.taken = this.most;
    if (this.taken < this.most) {
      this.taken++;
      return undefined;
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private begin(): void {
    this.since = performance.now();
    setImmediate(() => this.turn());
  }

  private turn(): void {
    const tookMs = performance.now() - this.since;
    if (tookMs > LONG_MS) this.most = Math.max(1, Math.floor(this.most / 2));
    else if (tookMs < SHORT_MS) this.most = Math.min(MAX_PIECES, this.most * 2);
    const next = this.waiting.splice(0, this.most);
    this.taken = next.length;
    if (next.length === 0) return;
    this.begin();
    for (const resume of next) resume();
  }
}

/** The turns of the one event loop that there is. */
export const sharedTurns = new SharedTurns();
