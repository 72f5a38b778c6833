/** Milliseconds before the first new attempt, and the longest pause before later ones. */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 4_000;

/** Pauses between attempts, each twice as long as the one before, up to the most. */
export class Backoff {
  private nextMs = FIRST_PAUSE_MS;

  /** How long to wait before the next attempt, in milliseconds. */
  next(): number {
    const pauseMs = this.nextMs;
    this.nextMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    return pauseMs;
  }

  /** Begins again with the shortest pause. */
  reset(): void {
    this.nextMs = FIRST_PAUSE_MS;
  }
}
