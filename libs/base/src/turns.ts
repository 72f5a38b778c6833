import { setImmediate } from 'node:timers/promises';

/** Milliseconds that a work may keep the event loop before others have their turn. */
const MAX_MS = 15;

/** Lets the event loop turn now and then during a work that is made of many small steps. */
export class Turns {
  private since = performance.now();

  /** To be awaited between two steps: waits for a turn if the last was some time ago. */
  pass(): Promise<void> | undefined {
    return performance.now() - this.since < MAX_MS ? undefined : this.turn();
  }

  private async turn(): Promise<void> {
    await setImmediate();
    this.since = performance.now();
  }
}
