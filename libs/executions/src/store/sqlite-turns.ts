import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteError } from './sqlite-thread.js';

/** How long is waited for others who write to the file, in milliseconds: less than a call waits. */
const BUSY_LIMIT_MS = 4_000;
const BUSY_PAUSE_MS = 25;
/** @see https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * Lets one at a time use the connection, in the order in which they ask. Who waits for another
 * process to end its writing lets the others pass.
 */
export class SqliteTurns {
  private isTaken = false;
  private readonly waiting: (() => void)[] = [];

  async take(): Promise<void> {
    if (!this.isTaken) this.isTaken = true;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  giveBack(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.isTaken = false;
  }

  /** Does something in a turn that is taken, again and again while another process writes. */
  async whenFree<T>(act: () => Promise<T>): Promise<T> {
    const end = performance.now() + BUSY_LIMIT_MS;
    for (;;) {
      try {
        return await act();
      } catch (error) {
        const isBusy = error instanceof SqliteError && error.primaryCode === SQLITE_BUSY;
        if (!isBusy || performance.now() > end) throw error;
      }
      this.giveBack();
      await sleep(BUSY_PAUSE_MS);
      await this.take();
    }
  }

  /** The same in a turn of its own. */
  async inTurn<T>(act: () => Promise<T>): Promise<T> {
    await this.take();
    try {
      return await this.whenFree(act);
    } finally {
      this.giveBack();
    }
  }
}
