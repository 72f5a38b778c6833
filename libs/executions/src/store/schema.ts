import { sql, type Kysely } from 'kysely';
import type { Migrations, ReplicaRow } from '#store';

/**
 * The tables. Times are ISO 8601 in UTC, which sorts as text; truth values are 0 and 1. A type and
 * not an interface, because `withTables` asks for one.
 */
export type Schema = {
  executions: ExecutionRow;
  execution_events: EventRow;
  replicas: ReplicaRow;
};

export interface ExecutionRow {
  id: string;
  tool: string;
  category: string;
  caller: string;
  status: string;
  replica: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  output: string | null;
  /** JSON. */
  data: string | null;
  /** JSON of an `ExecutionError`. */
  error: string | null;
  /** Bytes, about, that it takes up with its events. */
  size: number;
  idempotency_key: string | null;
  /** SHA-256 of the tool and its parameters. */
  request_hash: string | null;
  cancel_requested: number;
}

export const EXECUTION_COLUMNS = [
  'id',
  'tool',
  'category',
  'caller',
  'status',
  'replica',
  'created_at',
  'started_at',
  'finished_at',
  'output',
  'data',
  'error',
  'size',
  'idempotency_key',
  'request_hash',
  'cancel_requested',
] as const satisfies (keyof ExecutionRow)[];

export interface EventRow {
  execution_id: string;
  seq: number;
  type: string;
  /** JSON. */
  data: string;
}

/** The migrations of these tables, for both databases. */
export const MIGRATIONS: Migrations = {
  '0001_executions': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('executions')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('tool', 'text', (column) => column.notNull())
        .addColumn('category', 'text', (column) => column.notNull())
        .addColumn('caller', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('replica', 'text', (column) => column.notNull())
        .addColumn('created_at', 'text', (column) => column.notNull())
        .addColumn('started_at', 'text')
        .addColumn('finished_at', 'text')
        // Before the long ones, past which SQLite would have to read.
        .addColumn('size', 'integer', (column) => column.notNull())
        .addColumn('output', 'text')
        .addColumn('data', 'text')
        .addColumn('error', 'text')
        .addColumn('idempotency_key', 'text')
        .addColumn('request_hash', 'text')
        .addColumn('cancel_requested', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createIndex('executions_by_time')
        .on('executions')
        .columns(['created_at', 'id', 'size'])
        .execute();
      await db.schema
        .createIndex('executions_unfinished')
        .on('executions')
        .column('replica')
        .where(sql.ref('status'), 'in', ['queued', 'running'])
        .execute();
      await db.schema
        .createIndex('executions_by_key')
        .unique()
        .on('executions')
        .columns(['caller', 'idempotency_key'])
        .where(sql.ref('idempotency_key'), 'is not', null)
        .execute();
      await db.schema
        .createTable('execution_events')
        .addColumn('execution_id', 'text', (column) => column.notNull())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('data', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('execution_events_key', ['execution_id', 'seq'])
        .execute();
      await db.schema
        .createTable('replicas')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('host', 'text', (column) => column.notNull())
        .addColumn('pid', 'integer', (column) => column.notNull())
        .addColumn('seen_at', 'text', (column) => column.notNull())
        .execute();
    },
  },
  '0002_executions_by_caller': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createIndex('executions_by_caller')
        .on('executions')
        .columns(['caller', 'created_at', 'id', 'size'])
        .execute();
    },
  },
  // What a list may be narrowed by, in the order of the list.
  '0003_executions_by_filter': {
    async up(db: Kysely<unknown>) {
      for (const filter of [['status'], ['tool'], ['tool', 'status']]) {
        await db.schema
          .createIndex(`executions_by_${filter.join('_')}`)
          .on('executions')
          .columns([...filter, 'created_at', 'id'])
          .execute();
      }
    },
  },
  // Most executions are reads that succeed, and each index makes storing one dearer. Those for a
  // status leave them out. The others hold the status, so that no row is read to filter by it.
  '0004_executions_that_succeed': {
    async up(db: Kysely<unknown>) {
      for (const name of ['time', 'caller', 'tool', 'status', 'tool_status']) {
        await db.schema.dropIndex(`executions_by_${name}`).ifExists().execute();
      }
      await db.schema
        .createIndex('executions_by_time')
        .on('executions')
        .columns(['created_at', 'id', 'size', 'status'])
        .execute();
      await db.schema
        .createIndex('executions_by_caller')
        .on('executions')
        .columns(['caller', 'created_at', 'id', 'size', 'status'])
        .execute();
      await db.schema
        .createIndex('executions_by_tool')
        .on('executions')
        .columns(['tool', 'created_at', 'id', 'status'])
        .execute();
      for (const filter of [['status'], ['tool', 'status']]) {
        await db.schema
          .createIndex(`executions_by_${filter.join('_')}`)
          .on('executions')
          .columns([...filter, 'created_at', 'id'])
          .where(DID_NOT_SUCCEED)
          .execute();
      }
    },
  },
};

/**
 * The condition of the indexes for a status. A query that has it as well, in the same words, can
 * use them.
 */
export const DID_NOT_SUCCEED = sql<boolean>`status <> 'succeeded'`;
