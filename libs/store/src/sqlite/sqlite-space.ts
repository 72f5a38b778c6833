import type { SqliteThread } from './sqlite-thread.js';
import type { SqliteTurns } from './sqlite-turns.js';

/** @see https://www.sqlite.org/pragma.html#pragma_auto_vacuum */
const INCREMENTAL = 2;
/** Pages, of 4 KiB each, that are given back at a time: each piece holds up writes. */
const PAGES_PER_STEP = 500;
/**
 * Bytes in use of a file that is rewritten at once: that takes about a second. Up to the second
 * number it is rewritten only while nobody has written for a while, as what is written meanwhile
 * waits for some seconds.
 */
const MAX_REWRITTEN_WHILE_BUSY = 200_000_000;
const MAX_REWRITTEN = 1_100_000_000;
const IDLE_MS = 60_000;

/** Gives the space of what was forgotten back to the disk. */
export class SqliteSpace {
  /** @param idleMs says for how many milliseconds nothing was written */
  constructor(
    private readonly thread: SqliteThread,
    private readonly turns: SqliteTurns,
    private readonly idleMs: () => number,
  ) {}

  async giveBack(isStopped: () => boolean): Promise<void> {
    if ((await this.pragma('auto_vacuum')) === INCREMENTAL || (await this.rewrite())) {
      while (!isStopped() && (await this.pragma('freelist_count')) > 0) {
        await this.ask(`pragma incremental_vacuum(${PAGES_PER_STEP})`);
      }
    }
    await this.ask('pragma wal_checkpoint(truncate)');
  }

  /**
   * Rewrites a file that was made without the pages that an incremental vacuum needs, which also
   * makes it small. @returns whether it was rewritten
   */
  private async rewrite(): Promise<boolean> {
    const pages = (await this.pragma('page_count')) - (await this.pragma('freelist_count'));
    const bytes = pages * (await this.pragma('page_size'));
    const isIdle = this.idleMs() > IDLE_MS;
    if (bytes > (isIdle ? MAX_REWRITTEN : MAX_REWRITTEN_WHILE_BUSY)) return false;
    await this.ask('vacuum');
    return true;
  }

  private async pragma(name: string): Promise<number> {
    const { rows } = await this.ask(`pragma ${name}`);
    return Number(Object.values(rows[0] as object)[0]);
  }

  private ask(sql: string) {
    return this.turns.inTurn(() => this.thread.query(sql, []));
  }
}
