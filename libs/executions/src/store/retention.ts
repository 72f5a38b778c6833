import { setImmediate as otherWork } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { UNFINISHED } from '../execution.js';
import type { Batch } from './execution.store.js';
import type { ExecutionRow, Schema } from './schema.js';
import { shortened, type StoredBytes } from './stored-bytes.js';

const INTERVAL_MS = 5 * 60_000;
/** How many are forgotten at a time: what is written meanwhile waits. */
const AT_ONCE = 100;
/** Pages of an SQLite file, of 4 KiB each, that are given back at a time. */
const PAGES_AT_ONCE = 500;

type Old = Pick<ExecutionRow, 'id' | 'caller' | 'size'>;

/**
 * Forgets old executions, and when all of them take up too much, the oldest of the caller who takes
 * up most: however much one writes, what others have is not forgotten for it.
 */
export class Retention {
  private readonly logger = new Logger(Retention.name);
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    private readonly db: Kysely<Schema>,
    private readonly limits: {
      maxAgeMs: number;
      maxBytes: number;
      databaseUrl?: string | undefined;
    },
    private readonly bytes: StoredBytes,
  ) {}

  /** Looks what there is, and begins to forget. */
  async start(): Promise<void> {
    await this.count();
    const prune = () => {
      this.prune().catch((error: Error) =>
        this.logger.warn(`Old executions are not forgotten for now: ${error.message}`),
      );
    };
    prune();
    this.timer = setInterval(prune, INTERVAL_MS).unref();
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  /**
   * Makes room for what is about to be stored.
   * @returns the batch, without texts of the caller who takes up most where nothing of it is left
   * to be forgotten
   */
  async makeRoom(batch: Batch): Promise<Batch> {
    let shorter = batch;
    const full = new Set<string>();
    for (;;) {
      const growth = this.bytes.growthOf(shorter);
      const added = [...growth.values()].reduce((sum, more) => sum + more, 0);
      const missing = this.bytes.total + added - this.limits.maxBytes;
      const caller = this.bytes.largestFirst(growth).find((one) => !full.has(one));
      if (missing <= 0 || caller === undefined || this.isStopped) return shorter;
      if ((await this.forgetOf(caller, missing)) > 0) continue;
      full.add(caller);
      shorter = shortened(shorter, missing, this.bytes.idsOf(caller, shorter));
    }
  }

  private async prune(): Promise<void> {
    await this.forgetBefore(new Date(Date.now() - this.limits.maxAgeMs).toISOString());
    await this.count();
    await this.makeRoom({ inserts: [], updates: [], events: [] });
    // PostgreSQL does this by itself.
    if (this.limits.databaseUrl === undefined) await this.shrinkFile();
  }

  /** Gives freed space back to the disk, piece by piece: each piece holds up writes. */
  private async shrinkFile(): Promise<void> {
    while (!this.isStopped) {
      const { rows } = await sql<{ freelist_count: number }>`pragma freelist_count`.execute(
        this.db,
      );
      if ((rows[0]?.freelist_count ?? 0) === 0) break;
      await sql`pragma incremental_vacuum(${sql.lit(PAGES_AT_ONCE)})`.execute(this.db);
      await otherWork();
    }
    await sql`pragma wal_checkpoint(truncate)`.execute(this.db);
  }

  private async forgetBefore(time: string): Promise<void> {
    while (!this.isStopped) {
      const old = await this.oldest({ before: time });
      if (old.length === 0) return;
      await this.remove(old);
      await otherWork();
    }
  }

  /**
   * Forgets the oldest of a caller, as many as free so many bytes, or as one step may. @returns how
   * many
   */
  private async forgetOf(caller: string, bytes: number): Promise<number> {
    let left = bytes;
    const old: Old[] = [];
    for (const one of await this.oldest({ caller })) {
      if (left <= 0) break;
      old.push(one);
      left -= one.size;
    }
    if (old.length > 0) await this.remove(old);
    await otherWork();
    return old.length;
  }

  /** Reads how many bytes, about, the executions of each caller take up. */
  private async count(): Promise<void> {
    const rows = await this.db
      .selectFrom('executions')
      .select(({ fn }) => ['caller', fn.sum<number | string>('size').as('bytes')])
      .groupBy('caller')
      .execute();
    this.bytes.reset(new Map(rows.map(({ caller, bytes }) => [caller, Number(bytes)])));
  }

  /** The oldest finished ones, of all callers or of one. */
  private oldest({ before, caller }: { before?: string; caller?: string }): Promise<Old[]> {
    let query = this.db
      .selectFrom('executions')
      .select(['id', 'caller', 'size'])
      .where('status', 'not in', UNFINISHED);
    if (before) query = query.where('created_at', '<', before);
    if (caller) query = query.where('caller', '=', caller);
    return query.orderBy('created_at').orderBy('id').limit(AT_ONCE).execute();
  }

  private async remove(old: readonly Old[]): Promise<void> {
    const ids = old.map(({ id }) => id);
    await this.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('execution_events').where('execution_id', 'in', ids).execute();
      await trx.deleteFrom('executions').where('id', 'in', ids).execute();
    });
    this.bytes.forgotten(old);
  }
}
