import type { SqliteDatabase } from '#store';
import { UNFINISHED } from '../execution.js';
import {
  IS_SETTLED,
  type Batch,
  type InterruptErrors,
  type KeyHolder,
  type StoreWrites,
} from './batch.js';
import { EXECUTION_COLUMNS, type ExecutionRow } from './schema.js';

const COLUMNS = EXECUTION_COLUMNS.join(', ');
const PLACES = EXECUTION_COLUMNS.map(() => '?').join(', ');
const UNFINISHED_LIST = UNFINISHED.map((status) => `'${status}'`).join(', ');

const INSERT = `insert into executions (${COLUMNS}) values (${PLACES})`;
const INSERT_NEW = `${INSERT} on conflict (id) do nothing`;
const CLAIM = `${INSERT} on conflict do nothing`;
const KEY_HOLDER =
  'select id, request_hash from executions where caller = ? and idempotency_key = ?';

/** Each value of `changed` is a column of an update, in the order of the parameters. */
const CHANGED = [
  'status',
  'started_at',
  'finished_at',
  'output',
  'data',
  'error',
  'size',
] as const satisfies (keyof ExecutionRow)[];
const UPDATE = `
update executions set
  status = case when status = 'interrupted' then status else coalesce(?1, status) end,
  started_at = coalesce(started_at, ?2),
  finished_at = coalesce(finished_at, ?3),
  output = coalesce(output, ?4),
  data = coalesce(data, ?5),
  error = case when status = 'interrupted'
    then json_set(error, '$.late', json_object(
      'status', ?1, 'at', ?3, 'message', json_extract(?6, '$.message')))
    else coalesce(?6, error) end,
  size = coalesce(?7, size),
  idempotency_key = iif(?8, null, idempotency_key),
  request_hash = iif(?8, null, request_hash)
where id = ?9
  and (status in (${UNFINISHED_LIST}) or (status = 'interrupted' and ?3 is not null))`;

const INSERT_EVENT =
  'insert into execution_events (execution_id, seq, type, data) values (?, ?, ?, ?) on conflict do nothing';

const REQUEST_CANCEL = `update executions set cancel_requested = 1 where id = ? and status in (${UNFINISHED_LIST})`;

const INTERRUPT = `
update executions set status = 'interrupted', finished_at = ?2,
  error = iif(exists (
    select 1 from execution_events
    where execution_id = id and ${IS_SETTLED}
  ), ?4, ?3)
where replica = ?1 and status in (${UNFINISHED_LIST})`;

/** Writes to SQLite: a message to its thread each. */
export class SqliteWrites implements StoreWrites {
  constructor(private readonly database: SqliteDatabase) {}

  async write({ inserts, updates, events }: Batch): Promise<void> {
    await this.database.transact([
      { sql: INSERT_NEW, rows: inserts.map(valuesOf) },
      {
        sql: UPDATE,
        rows: updates.map(({ id, values }) => [
          ...CHANGED.map((column) => values[column] ?? null),
          values.idempotency_key === null ? 1 : 0,
          id,
        ]),
      },
      {
        sql: INSERT_EVENT,
        rows: events.map(({ execution_id, seq, type, data }) => [execution_id, seq, type, data]),
      },
    ]);
  }

  async claim(rows: readonly ExecutionRow[]): Promise<(KeyHolder | undefined)[]> {
    const holders = await this.database.transact([
      { sql: CLAIM, rows: rows.map(valuesOf) },
      { sql: KEY_HOLDER, rows: rows.map((row) => [row.caller, row.idempotency_key]) },
    ]);
    // Each key has a holder: this transaction has just seen to that.
    return (holders.rows as Pick<ExecutionRow, 'id' | 'request_hash'>[]).map((holder) => ({
      id: holder.id,
      requestHash: holder.request_hash,
    }));
  }

  async forget(ids: readonly string[]): Promise<void> {
    const rows = ids.map((id) => [id]);
    await this.database.transact([
      { sql: 'delete from execution_events where execution_id = ?', rows },
      { sql: 'delete from executions where id = ?', rows },
    ]);
  }

  async requestCancel(id: string): Promise<boolean> {
    const { changes } = await this.database.transact([{ sql: REQUEST_CANCEL, rows: [[id]] }]);
    return changes > 0;
  }

  async removeReplica(id: string, at: string, errors: InterruptErrors): Promise<void> {
    await this.database.transact([
      { sql: INTERRUPT, rows: [[id, at, errors.error, errors.errorOfSettled]] },
      { sql: 'delete from replicas where id = ?', rows: [[id]] },
    ]);
  }
}

function valuesOf(row: ExecutionRow): unknown[] {
  return EXECUTION_COLUMNS.map((column) => row[column] ?? null);
}
