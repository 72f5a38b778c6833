import { setImmediate } from 'node:timers/promises';

/** Milliseconds that one task may keep the event loop before others get their turn. */
const MAX_MS = 15;

/** Lets the event loop turn now and then during a task of many small steps. */
export class Turns {
  private since = performance.now();

  /**
   * Await this between two steps. It waits for a turn of the event loop if the last one was some
   * time ago.
   */
  pass(): Promise<void> | undefined {
    return performance.now() - this.since < MAX_MS ? undefined : this.turn();
  }

  private async turn(): Promise<void> {
    await setImmediate();
    this.since = performance.now();
  }
}
