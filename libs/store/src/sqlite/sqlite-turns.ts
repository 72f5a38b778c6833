import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteError } from './sqlite-thread.js';

/** How long is waited for others who write to the file, in milliseconds: less than a call waits. */
const BUSY_LIMIT_MS = 4_000;
const BUSY_PAUSE_MS = 25;
/** @see https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/** Who wants a turn: the server itself, or a caller who looks at executions. */
export type TurnOf = 'server' | 'caller';

/**
 * Lets one at a time use the connection. The server and the callers take turns, each in the order
 * in which they ask: outputs may be long, and however many are read, a write waits for one of them
 * at most. Whoever waits for another process to end its writing lets the others pass.
 */
export class SqliteTurns {
  private isTaken = false;
  private last: TurnOf = 'caller';
  private readonly waiting: Record<TurnOf, (() => void)[]> = { server: [], caller: [] };

  async take(who: TurnOf): Promise<void> {
    if (this.isTaken) await new Promise<void>((resolve) => this.waiting[who].push(resolve));
    this.isTaken = true;
    this.last = who;
  }

  giveBack(): void {
    const { server, caller } = this.waiting;
    const [first, second] = this.last === 'caller' ? [server, caller] : [caller, server];
    const next = first.shift() ?? second.shift();
    if (next) next();
    else this.isTaken = false;
  }

  /** Does something in a turn that is taken, again and again while another process writes. */
  async whenFree<T>(who: TurnOf, act: () => Promise<T>): Promise<T> {
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
      await this.take(who);
    }
  }

  /** The same in a turn of its own. */
  async inTurn<T>(act: () => Promise<T>): Promise<T> {
    await this.take('server');
    try {
      return await this.whenFree('server', act);
    } finally {
      this.giveBack();
    }
  }
}
