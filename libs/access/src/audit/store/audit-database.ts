import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { PostgresDatabase, SqlDatabase, SqliteDatabase, type SqliteStep } from '#store';
import type { AuditBatch } from './audit-row.js';
import { AUDIT_COLUMNS, AUDIT_MIGRATIONS, type AuditRow, type AuditSchema } from './schema.js';

const COLUMNS = AUDIT_COLUMNS.join(', ');

/** An entry may be there from a try whose answer was lost. */
const INSERT = `insert into audit (${COLUMNS}) values (${AUDIT_COLUMNS.map(() => '?').join(', ')}) on conflict do nothing`;
const END = `update audit set outcome = ? where chain = ? and seq = ? and kind = 'intent'`;

const STORE = `
insert into audit (${COLUMNS})
select ${COLUMNS} from json_populate_recordset(null::audit, $1)
on conflict do nothing`;

/** Both parts see the table as it was before. */
const STORE_AND_END = `
with stored as (${STORE}), ended as (
  update audit a set outcome = e.outcome
  from json_to_recordset($2) as e (chain text, seq bigint, outcome text)
  where a.chain = e.chain and a.seq = e.seq and a.kind = 'intent'
)
select 1`;

/** The tables of the audit. */
@Injectable()
export class AuditDatabase {
  /** For what the server itself reads. */
  readonly kysely: Kysely<AuditSchema>;
  /** For callers. */
  readonly reads: Kysely<AuditSchema>;

  constructor(readonly sql: SqlDatabase) {
    sql.contribute(AUDIT_MIGRATIONS);
    this.kysely = sql.kysely.withTables<AuditSchema>();
    this.reads = sql.reads.withTables<AuditSchema>();
  }

  /** Stores all of a batch, or nothing, in one round trip. Doing it again changes nothing. */
  async write(batch: AuditBatch): Promise<void> {
    if (this.sql instanceof SqliteDatabase) await this.sql.transact(stepsOf(batch));
    else if (this.sql instanceof PostgresDatabase) {
      const { rows, endings } = batch;
      const entries = JSON.stringify(rows);
      if (endings.length === 0) await this.sql.query(STORE, [entries]);
      else await this.sql.query(STORE_AND_END, [entries, JSON.stringify(endings)]);
    } else throw new Error(`The audit cannot be stored in a ${this.sql.constructor.name}.`);
  }
}

function stepsOf({ rows, endings }: AuditBatch): SqliteStep[] {
  const valuesOf = (row: AuditRow) => AUDIT_COLUMNS.map((column) => row[column]);
  return [
    { sql: INSERT, rows: rows.map(valuesOf) },
    { sql: END, rows: endings.map(({ chain, seq, outcome }) => [outcome, chain, seq]) },
  ];
}
