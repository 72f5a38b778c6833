/** Measures for how long anything has waited, however many wait at the same time. */
export class WaitingTime {
  private waiting = 0;
  private since = 0;
  private pastMs = 0;

  /** Milliseconds so far. */
  get ms(): number {
    return this.pastMs + (this.waiting > 0 ? performance.now() - this.since : 0);
  }

  /** One begins to wait. */
  begin(): void {
    if (this.waiting++ === 0) this.since = performance.now();
  }

  /** One waits no more. */
  end(): void {
    if (--this.waiting === 0) this.pastMs += performance.now() - this.since;
  }
}
