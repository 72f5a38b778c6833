import { Injectable } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { parseJson } from '#base';
import { type Execution, type ExecutionEvent, type ExecutionStatus } from '../execution.js';
import { ExecutionDatabase } from './database.js';
import { executionOf, SUMMARY } from './execution-row.js';
import { DID_NOT_SUCCEED, type EventRow, type ExecutionRow, type Schema } from './schema.js';

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

/**
 * Events that one who follows holds at a time, and characters after which it holds no more: there
 * may be many who follow, and read slowly.
 */
const EVENTS_PER_PAGE = 20;
const EVENT_CHARS_PER_PAGE = 100_000;

type Nullable<T> = { [K in keyof T]: T[K] | null };

/** The remembered executions, to be looked at. */
@Injectable()
export class ExecutionStore {
  private readonly db: Kysely<Schema>;

  constructor({ reads }: ExecutionDatabase) {
    this.db = reads;
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

  /** The caller of an execution, if it is remembered. */
  async callerOf(id: string): Promise<string | undefined> {
    const row = await this.db
      .selectFrom('executions')
      .select('caller')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.caller;
  }

  /**
   * How an execution stands, if it is remembered, and its events after one, as many as one page
   * has. Both are of the same moment: those of a finished one are all there.
   */
  async look(
    id: string,
    after: number,
  ): Promise<{ status: ExecutionStatus; events: ExecutionEvent[] } | undefined> {
    const { rows } = await sql<Pick<ExecutionRow, 'status'> & Nullable<EventRow>>`
      select e.status, v.seq, v.type, v.data from executions e left join (
        select seq, type, data from (
          select seq, type, data,
            sum(length(data)) over (order by seq) - length(data) as chars_before
          from (
            select seq, type, data from execution_events
            where execution_id = ${id} and seq > ${after} order by seq limit ${EVENTS_PER_PAGE}
          ) next
        ) sized where chars_before < ${EVENT_CHARS_PER_PAGE}
      ) v on true where e.id = ${id} order by v.seq`.execute(this.db);
    const [first] = rows;
    if (!first) return undefined;
    const events = rows
      .filter(({ seq }) => seq !== null)
      .map(({ seq, type, data }) => ({ seq, type, data: parseJson(data!) }) as ExecutionEvent);
    return { status: first.status as ExecutionStatus, events };
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
    if (status && status !== 'succeeded') query = query.where(DID_NOT_SUCCEED);
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
}
