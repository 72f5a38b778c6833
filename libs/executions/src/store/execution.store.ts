import { setImmediate as otherWork } from 'node:timers/promises';
import { sql, type Kysely, type Transaction } from 'kysely';
import { parseJson } from '#base';
import {
  UNFINISHED,
  type Execution,
  type ExecutionError,
  type ExecutionEvent,
  type ExecutionStatus,
} from '../execution.js';
import { executionOf, SUMMARY } from './execution-row.js';
import { CHANNELS } from '../follow/execution.signals.js';
import type { EventRow, ExecutionRow, Schema } from './schema.js';

/** Which executions to list; all that is given must hold. Times are ISO 8601 in UTC. */
export interface ExecutionFilter {
  status?: ExecutionStatus;
  tool?: string;
  caller?: string;
  /** Created at this time or later. */
  since?: string;
  /** Created before this time. */
  until?: string;
}

/** A page of a list, newest first. */
export interface ExecutionPage {
  executions: Execution[];
  /** Gives the next page; undefined on the last one. */
  next: string | undefined;
}

/** What is written to the store in one transaction. */
export interface Batch {
  inserts: ExecutionRow[];
  updates: { id: string; values: Partial<ExecutionRow> }[];
  events: EventRow[];
}

/** Rows of one INSERT: databases bound the number of parameters. */
const ROWS_AT_ONCE = 500;
/**
 * Characters, about, that are written before others have their turn: they are copied to the
 * database's thread.
 */
const CHARS_AT_ONCE = 1_000_000;
/** Events that one who follows holds at a time: each may be long. */
const EVENTS_AT_ONCE = 20;

/** The remembered executions, in SQLite or PostgreSQL. */
export class ExecutionStore {
  /** @param tellsOthers whether other replicas listen to what changes: with PostgreSQL */
  constructor(
    private readonly db: Kysely<Schema>,
    private readonly tellsOthers: boolean,
  ) {}

  /**
   * Writes all of it, or nothing. Doing so again changes nothing: a connection may break after the
   * database has written.
   */
  async write({ inserts, updates, events }: Batch): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      for (const rows of pieces(inserts)) {
        await otherWork();
        await trx
          .insertInto('executions')
          .values(rows)
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute();
      }
      for (const some of pieces(updates.map(({ id, values }) => ({ ...values, id })))) {
        await otherWork();
        for (const { id, ...values } of some) {
          await trx
            .updateTable('executions')
            .set(values)
            .where('id', '=', id)
            // An end is an end, also for a server that others have taken for gone meanwhile.
            .where('status', 'in', UNFINISHED)
            .execute();
        }
      }
      for (const rows of pieces(events)) {
        await otherWork();
        await trx
          .insertInto('execution_events')
          .values(rows)
          .onConflict((conflict) => conflict.columns(['execution_id', 'seq']).doNothing())
          .execute();
      }
      const changed = [...updates.map(({ id }) => id), ...events.map((row) => row.execution_id)];
      await this.notify(trx, CHANNELS.changes, [...new Set(changed)]);
    });
  }

  /**
   * Stores a new execution, unless its caller has one under the same idempotency key.
   * @returns the other one, or undefined once it is stored
   */
  async claim(row: ExecutionRow): Promise<{ id: string; requestHash: string | null } | undefined> {
    const { numInsertedOrUpdatedRows: stored } = await this.db
      .insertInto('executions')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (stored === 1n) return undefined;
    const other = await this.db
      .selectFrom('executions')
      .select(['id', 'request_hash as requestHash'])
      .where('caller', '=', row.caller)
      .where('idempotency_key', '=', row.idempotency_key)
      .executeTakeFirst();
    // It has been forgotten in between.
    return other ?? this.claim(row);
  }

  /** An execution with its output, if it is remembered. */
  async find(id: string): Promise<Execution | undefined> {
    const row = await this.db
      .selectFrom('executions')
      .select([...SUMMARY, 'output', 'data'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row && executionOf(row);
  }

  /** How an execution stands, if it is remembered. */
  async statusOf(id: string): Promise<ExecutionStatus | undefined> {
    const row = await this.db
      .selectFrom('executions')
      .select('status')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.status as ExecutionStatus | undefined;
  }

  /** What an execution has put out so far, as its events tell it. */
  async outputOf(id: string): Promise<string> {
    const rows = await this.db
      .selectFrom('execution_events')
      .select('data')
      .where('execution_id', '=', id)
      .where('type', '=', 'output')
      .orderBy('seq')
      .execute();
    return rows.map(({ data }) => (parseJson(data) as { text: string }).text).join('');
  }

  /**
   * A page of executions without their outputs, newest first. @param after the `next` of the page
   * before
   */
  async list(
    { status, tool, caller, since, until }: ExecutionFilter,
    { limit, after }: { limit: number; after?: string },
  ): Promise<ExecutionPage> {
    let query = this.db.selectFrom('executions').select(SUMMARY);
    if (status) query = query.where('status', '=', status);
    if (tool) query = query.where('tool', '=', tool);
    if (caller) query = query.where('caller', '=', caller);
    if (since) query = query.where('created_at', '>=', since);
    if (until) query = query.where('created_at', '<', until);
    if (after) {
      const [time = '', id = ''] = after.split('_');
      query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(time, id)));
    }
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      executions: rows.slice(0, limit).map(executionOf),
      next: last && `${last.created_at}_${last.id}`,
    };
  }

  /** The events after one, as many as one page has; none if there are no more by now. */
  async events(id: string, after: number): Promise<ExecutionEvent[]> {
    const rows = await this.db
      .selectFrom('execution_events')
      .select(['seq', 'type', 'data'])
      .where('execution_id', '=', id)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(EVENTS_AT_ONCE)
      .execute();
    return rows.map(
      ({ seq, type, data }) => ({ seq, type, data: parseJson(data) as object }) as ExecutionEvent,
    );
  }

  /** Asks the server that runs an execution to cancel it. @returns whether it was not finished */
  async requestCancel(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable('executions')
      .set({ cancel_requested: 1 })
      .where('id', '=', id)
      .where('status', 'in', UNFINISHED)
      .executeTakeFirstOrThrow();
    await this.notify(this.db, CHANNELS.cancels, [id]);
    return numUpdatedRows > 0n;
  }

  /** Which executions of a server somebody wants cancelled. */
  async cancelRequests(replica: string): Promise<string[]> {
    const rows = await this.db
      .selectFrom('executions')
      .select('id')
      .where('replica', '=', replica)
      .where('status', 'in', UNFINISHED)
      .where('cancel_requested', '=', 1)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Forgets a server. What it had not finished becomes `interrupted`. */
  async removeReplica(id: string, at: string): Promise<void> {
    const error: ExecutionError = {
      code: 'unavailable',
      message:
        'The server ended while this ran. It was not run again; look at the cluster to see how far it came.',
      retryable: false,
    };
    await this.db.transaction().execute(async (trx) => {
      const rows = await trx
        .updateTable('executions')
        .set({ status: 'interrupted', finished_at: at, error: JSON.stringify(error) })
        .where('replica', '=', id)
        .where('status', 'in', UNFINISHED)
        .returning('id')
        .execute();
      await trx.deleteFrom('replicas').where('id', '=', id).execute();
      await this.notify(
        trx,
        CHANNELS.changes,
        rows.map((row) => row.id),
      );
    });
  }

  private async notify(
    db: Kysely<Schema> | Transaction<Schema>,
    channel: string,
    ids: string[],
  ): Promise<void> {
    if (!this.tellsOthers || ids.length === 0) return;
    await sql`select pg_notify(${channel}, id) from unnest(${ids}::text[]) as id`.execute(db);
  }
}

/** Rows in their order, as many together as may be written in one go. */
function pieces<T extends object>(rows: readonly T[]): T[][] {
  const all: T[][] = [];
  let chars = Infinity;
  for (const row of rows) {
    const more = Object.values(row).reduce<number>((sum, value) => sum + charsOf(value), 0);
    const last = all.at(-1);
    if (last && last.length < ROWS_AT_ONCE && chars + more <= CHARS_AT_ONCE) {
      last.push(row);
      chars += more;
    } else {
      all.push([row]);
      chars = more;
    }
  }
  return all;
}

function charsOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}
