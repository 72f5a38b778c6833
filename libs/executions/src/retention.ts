import { setImmediate as otherWork } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { UNFINISHED } from './execution.js';
import type { ExecutionRow, Schema } from './schema.js';

const INTERVAL_MS = 5 * 60_000;
/** How many are forgotten at a time: SQLite works on the thread that answers callers. */
const AT_ONCE = 100;

/** Forgets old executions, and the oldest when they take up too much. */
export class Retention {
  private readonly logger = new Logger(Retention.name);
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    private readonly db: Kysely<Schema>,
    private readonly limits: { maxAgeMs: number; maxBytes: number },
  ) {}

  start(): void {
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

  private async prune(): Promise<void> {
    await this.forget(new Date(Date.now() - this.limits.maxAgeMs).toISOString(), Infinity);
    await this.forget(undefined, (await this.size()) - this.limits.maxBytes);
  }

  /** Forgets the oldest, those before a time only if one is given, until so many bytes are freed. */
  private async forget(before: string | undefined, bytes: number): Promise<void> {
    let left = bytes;
    while (left > 0 && !this.isStopped) {
      const ids: string[] = [];
      for (const { id, size } of await this.oldest(before)) {
        if (left <= 0) break;
        ids.push(id);
        left -= size;
      }
      if (ids.length === 0) return;
      await this.remove(ids);
      await otherWork();
    }
  }

  /** How many bytes, about, all of them take up. */
  private async size(): Promise<number> {
    const { bytes } = await this.db
      .selectFrom('executions')
      .select(({ fn }) => fn.sum<number | string | null>('size').as('bytes'))
      .executeTakeFirstOrThrow();
    return Number(bytes);
  }

  /** The oldest finished ones. @param before only those created before this time */
  private oldest(before: string | undefined): Promise<Pick<ExecutionRow, 'id' | 'size'>[]> {
    let query = this.db
      .selectFrom('executions')
      .select(['id', 'size'])
      .where('status', 'not in', UNFINISHED);
    if (before) query = query.where('created_at', '<', before);
    return query.orderBy('created_at').orderBy('id').limit(AT_ONCE).execute();
  }

  private async remove(ids: string[]): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('execution_events').where('execution_id', 'in', ids).execute();
      await trx.deleteFrom('executions').where('id', 'in', ids).execute();
    });
  }
}
