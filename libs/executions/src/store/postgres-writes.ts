import type { PostgresDatabase } from '#store';
import { UNFINISHED } from '../execution.js';
import {
  CHANNELS,
  IS_SETTLED,
  changedIn,
  type Batch,
  type InterruptErrors,
  type KeyHolder,
  type StoreWrites,
} from './batch.js';
import { EXECUTION_COLUMNS, type ExecutionRow } from './schema.js';

const COLUMNS = EXECUTION_COLUMNS.join(', ');
const UNFINISHED_LIST = UNFINISHED.map((status) => `'${status}'`).join(', ');

/**
 * The parts of a write, each with its rows or updates as JSON: the statement is the same for any
 * number of them. All parts of a statement see the database as it was before, so an execution that
 * is new gets no update in it (`Batch`).
 * @see https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
 */
const PARTS = {
  inserts: (rows: string) => `inserted as (
  insert into executions (${COLUMNS})
  select ${COLUMNS} from json_populate_recordset(null::executions, ${rows})
  on conflict (id) do nothing
)`,
  updates: (updates: string) => `changed as (
  update executions e set
    status = case when e.status = 'interrupted' then e.status else coalesce(u.status, e.status) end,
    started_at = coalesce(e.started_at, u.started_at),
    finished_at = coalesce(e.finished_at, u.finished_at),
    output = coalesce(e.output, u.output),
    data = coalesce(e.data, u.data),
    error = case when e.status = 'interrupted'
      then (e.error::jsonb || jsonb_build_object('late', jsonb_build_object(
        'status', u.status, 'at', u.finished_at, 'message', u.error::jsonb ->> 'message')))::text
      else coalesce(u.error, e.error) end,
    size = coalesce(u.size, e.size),
    idempotency_key = case when u.frees_key then null else e.idempotency_key end,
    request_hash = case when u.frees_key then null else e.request_hash end
  from json_to_recordset(${updates}) as u (id text, status text, started_at text, finished_at text,
    output text, data text, error text, size integer, frees_key boolean)
  where e.id = u.id
    and (e.status in (${UNFINISHED_LIST}) or (e.status = 'interrupted' and u.finished_at is not null))
)`,
  events: (events: string) => `told as (
  insert into execution_events (execution_id, seq, type, data)
  select execution_id, seq, type, data from json_populate_recordset(null::execution_events, ${events})
  on conflict do nothing
)`,
};

const PART_NAMES = Object.keys(PARTS) as (keyof typeof PARTS)[];

/**
 * The statement for the parts that there is something for: PostgreSQL plans it each time, and plans
 * a part in vain otherwise. The last part is the main query, since PostgreSQL runs no other select
 * that nobody reads from.
 */
function writeOf(parts: readonly (keyof typeof PARTS)[]): string {
  const changes = parts.map((part, index) => PARTS[part](`$${index + 2}`));
  const first = changes.length > 0 ? `with ${changes.join(', ')} ` : '';
  return `${first}select count(pg_notify('${CHANNELS.changes}', id)) from json_array_elements_text($1) as id`;
}

/** In the order of the keys: two that claim the same keys at once wait for each other in turn. */
const CLAIM = `
with wanted as (
  select ${COLUMNS} from json_populate_recordset(null::executions, $1)
), stored as (
  insert into executions (${COLUMNS})
  select ${COLUMNS} from wanted order by caller, idempotency_key
  on conflict do nothing
  returning id, caller, idempotency_key, request_hash
)
select * from stored
union all
select id, caller, idempotency_key, request_hash from executions
where idempotency_key is not null
  and (caller, idempotency_key) in (select caller, idempotency_key from wanted)`;

const FORGET = `
with gone as (delete from execution_events where execution_id = any($1))
delete from executions where id = any($1)`;

const REQUEST_CANCEL = `
with asked as (
  update executions set cancel_requested = 1
  where id = $1 and status in (${UNFINISHED_LIST}) returning id
)
select count(pg_notify('${CHANNELS.cancels}', id)) as asked from asked`;

const REMOVE_REPLICA = `
with interrupted as (
  update executions set status = 'interrupted', finished_at = $2,
    error = case when exists (
      select 1 from execution_events
      where execution_id = id and ${IS_SETTLED}
    ) then $4 else $3 end
  where replica = $1 and status in (${UNFINISHED_LIST}) returning id
), gone as (
  delete from replicas where id = $1
)
select count(pg_notify('${CHANNELS.changes}', id)) from interrupted`;

/** Writes to PostgreSQL: a statement each, which tells the other replicas too. */
export class PostgresWrites implements StoreWrites {
  constructor(private readonly database: PostgresDatabase) {}

  async write(batch: Batch): Promise<void> {
    const { inserts, updates, events } = batch;
    const changes = updates.map(({ id, values }) => ({
      ...values,
      id,
      frees_key: values.idempotency_key === null,
    }));
    const all = { inserts, updates: changes, events };
    const parts = PART_NAMES.filter((part) => all[part].length > 0);
    const values = [changedIn(batch), ...parts.map((part) => all[part])];
    await this.database.query(
      writeOf(parts),
      values.map((value) => JSON.stringify(value)),
    );
  }

  async claim(rows: readonly ExecutionRow[]): Promise<(KeyHolder | undefined)[]> {
    const held = await this.database.query<ExecutionRow>(CLAIM, [JSON.stringify(rows)]);
    const holders = new Map(held.map((row) => [keyOf(row), row]));
    return rows.map((row) => {
      const holder = holders.get(keyOf(row));
      return holder && { id: holder.id, requestHash: holder.request_hash };
    });
  }

  async forget(ids: readonly string[]): Promise<void> {
    await this.database.query(FORGET, [ids]);
  }

  async requestCancel(id: string): Promise<boolean> {
    const [row] = await this.database.query<{ asked: string }>(REQUEST_CANCEL, [id]);
    return row?.asked !== '0';
  }

  async removeReplica(id: string, at: string, errors: InterruptErrors): Promise<void> {
    await this.database.query(REMOVE_REPLICA, [id, at, errors.error, errors.errorOfSettled]);
  }
}

function keyOf({ caller, idempotency_key }: ExecutionRow): string {
  return JSON.stringify([caller, idempotency_key]);
}
