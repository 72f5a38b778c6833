import { sql } from 'kysely';
import type { Migrations } from '#store';

/** The tables. Times are ISO 8601 in UTC, which sorts as text. */
export type AuditSchema = {
  audit: AuditRow;
  audit_checkpoints: CheckpointRow;
};

/** An entry. What stands beside its text is what lists are narrowed by. */
export interface AuditRow {
  chain: string;
  /** PostgreSQL gives text. */
  seq: number | string;
  time: string;
  kind: string;
  principal: string;
  tool: string;
  execution_id: string | null;
  /** Of an intent: that of its write, once it is known. */
  outcome: string | null;
  /** The whole entry as canonical JSON. */
  entry: string;
  hash: string;
}

export const AUDIT_COLUMNS = [
  'chain',
  'seq',
  'time',
  'kind',
  'principal',
  'tool',
  'execution_id',
  'outcome',
  'entry',
  'hash',
] as const satisfies (keyof AuditRow)[];

export interface CheckpointRow {
  chain: string;
  seq: number | string;
  kind: string;
  time: string;
  /** The whole checkpoint as JSON. */
  checkpoint: string;
}

/** The conditions of partial indexes. A query that has one in the same words can use its index. */
export const IS_OPEN = sql<boolean>`kind = 'intent' and outcome is null`;
export const WAS_NOT_DONE = sql<boolean>`outcome <> 'done'`;

/** The migrations of these tables, for both databases. */
export const AUDIT_MIGRATIONS: Migrations = {
  '0005_audit': {
    async up(db) {
      await db.schema
        .createTable('audit')
        .addColumn('chain', 'text', (column) => column.notNull())
        .addColumn('seq', 'bigint', (column) => column.notNull())
        .addColumn('time', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('principal', 'text', (column) => column.notNull())
        .addColumn('tool', 'text', (column) => column.notNull())
        .addColumn('execution_id', 'text')
        .addColumn('outcome', 'text')
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('entry', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('audit_key', ['chain', 'seq'])
        .execute();
      for (const columns of [['time'], ['principal', 'time'], ['tool', 'time']]) {
        await db.schema
          .createIndex(`audit_by_${columns[0]}`)
          .on('audit')
          .columns(columns)
          .execute();
      }
      await db.schema
        .createIndex('audit_by_outcome')
        .on('audit')
        .columns(['outcome', 'time'])
        .where(WAS_NOT_DONE)
        .execute();
      await db.schema
        .createIndex('audit_open')
        .on('audit')
        .columns(['chain', 'seq'])
        .where(IS_OPEN)
        .execute();
      await db.schema
        .createTable('audit_checkpoints')
        .addColumn('chain', 'text', (column) => column.notNull())
        .addColumn('seq', 'bigint', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('time', 'text', (column) => column.notNull())
        .addColumn('checkpoint', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('audit_checkpoints_key', ['chain', 'seq', 'kind', 'time'])
        .execute();
    },
  },
};
