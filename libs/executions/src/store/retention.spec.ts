import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '#store';
import { ExecutionDatabase } from './database.js';
import { ROW_BYTES } from './execution-row.js';
import { Retention } from './retention.js';
import type { ExecutionRow, Schema } from './schema.js';
import { StoredBytes } from './stored-bytes.js';

const HOUR_MS = 3_600_000;
const KB = 1_024;

let database: ExecutionDatabase;
let db: Kysely<Schema>;
let retention: Retention;
beforeEach(async () => {
  database = new ExecutionDatabase(await SqliteDatabase.open(':memory:'));
  await database.migrate();
  db = database.kysely;
});
afterEach(async () => {
  retention.stop();
  await db.destroy();
});

/**
 * Remembers executions of 1 KB, one an hour up to now, each with an event; named by their age in
 * hours.
 */
async function remember(count: number, status = 'succeeded', caller = 'c'): Promise<void> {
  for (let age = 0; age < count; age++) {
    const id = `${caller === 'c' ? '' : caller}${status}-${age}`;
    const row = { tool: 't', category: 'k8s', caller, replica: 'r', size: KB };
    const created_at = new Date(Date.now() - age * HOUR_MS).toISOString();
    const values = { ...row, id, status, created_at, cancel_requested: 0 };
    await db.insertInto('executions').values(values).execute();
    const event = { execution_id: id, seq: 1, type: 'output', data: '{"text":""}' };
    await db.insertInto('execution_events').values(event).execute();
  }
}

async function keep(limits: { hours: number; kb: number }): Promise<void> {
  const { hours, kb } = limits;
  const most = { maxAgeMs: hours * HOUR_MS, maxBytes: kb * KB };
  retention = new Retention(database, most, new StoredBytes());
  await retention.start();
}

/** A row that is about to be stored. */
function rowOf(id: string, caller: string, kb: number, status = 'succeeded') {
  const row = { id, tool: 't', category: 'k8s', caller, replica: 'r', status };
  return {
    ...row,
    created_at: new Date().toISOString(),
    size: kb * KB,
    output: 'x',
  } as ExecutionRow;
}

const left = async () => {
  const rows = await db
    .selectFrom('executions')
    .select('id')
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map(({ id }) => id);
};
const events = async () => (await db.selectFrom('execution_events').selectAll().execute()).length;

describe('Retention', () => {
  it('forgets what is too old, with its events', async () => {
    await remember(250);
    await keep({ hours: 2.5, kb: 1_000 });
    await expect.poll(left).toEqual(['succeeded-0', 'succeeded-1', 'succeeded-2']);
    expect(await events()).toBe(3);
  });

  it('forgets the oldest until the rest is small enough', async () => {
    await remember(250);
    await keep({ hours: 1_000, kb: 120 });
    await expect.poll(left).toHaveLength(120);
    expect((await left()).at(-1)).toBe('succeeded-119');
    expect(await events()).toBe(120);
  });

  it('forgets nothing that has not ended', async () => {
    await remember(5, 'running');
    await remember(5);
    await keep({ hours: 0.5, kb: 1 });
    await expect.poll(left).toEqual([0, 1, 2, 3, 4].map((age) => `running-${age}`));
  });

  it('forgets of the caller who takes up most, and of nobody else', async () => {
    await remember(30, 'succeeded', 'a');
    await remember(10, 'succeeded', 'b');
    await keep({ hours: 1_000, kb: 25 });
    await expect.poll(left).toHaveLength(25);
    expect((await left()).filter((id) => id.startsWith('b'))).toHaveLength(10);
  });

  it('makes room before something is stored: by what its caller has, not by what others have', async () => {
    await remember(20, 'succeeded', 'a');
    await remember(5, 'succeeded', 'b');
    await keep({ hours: 1_000, kb: 25 });
    const batch = { inserts: [rowOf('new', 'a', 10)], updates: [], events: [] };
    expect(await retention.makeRoom(batch)).toEqual(batch);
    expect((await left()).filter((id) => id.startsWith('a'))).toHaveLength(10);
    expect((await left()).filter((id) => id.startsWith('b'))).toHaveLength(5);
  });

  it('stores without its texts what is more than there is room for', async () => {
    await remember(3, 'succeeded', 'a');
    await remember(3, 'running', 'b');
    await keep({ hours: 1_000, kb: 10 });
    const large = [{ execution_id: 'large', seq: 1, type: 'output', data: '{"text":"x"}' }];
    const inserts = [rowOf('large', 'b', 20), rowOf('small', 'b', 1)];
    const { inserts: stored, events: kept } = await retention.makeRoom({
      inserts,
      updates: [],
      events: large,
    });
    expect(stored.map(({ id, size }) => [id, size])).toEqual([
      ['large', ROW_BYTES],
      ['small', KB],
    ]);
    expect(stored.map(({ output }) => output)).toEqual([expect.stringContaining('no room'), 'x']);
    expect(kept).toEqual([]);
    expect(await left()).toHaveLength(6);
  });
});
