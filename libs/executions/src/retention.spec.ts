import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from './database.js';
import { migrate } from './migrate.js';
import { Retention } from './retention.js';
import type { Schema } from './schema.js';

const HOUR_MS = 3_600_000;
const KB = 1_024;

let db: Kysely<Schema>;
let retention: Retention;
beforeEach(async () => {
  db = await openSqlite(':memory:');
  await migrate(db);
});
afterEach(async () => {
  retention.stop();
  await db.destroy();
});

/** Remembers executions of 1 KB, one an hour up to now, each with an event; named by their age in hours. */
async function remember(count: number, status = 'succeeded'): Promise<void> {
  for (let age = 0; age < count; age++) {
    const id = `${status}-${age}`;
    const row = { tool: 't', category: 'k8s', caller: 'c', replica: 'r', size: KB };
    const created_at = new Date(Date.now() - age * HOUR_MS).toISOString();
    const values = { ...row, id, status, created_at, cancel_requested: 0 };
    await db.insertInto('executions').values(values).execute();
    const event = { execution_id: id, seq: 1, type: 'output', data: '{"text":""}' };
    await db.insertInto('execution_events').values(event).execute();
  }
}

function keep(limits: { hours: number; kb: number }): void {
  retention = new Retention(db, { maxAgeMs: limits.hours * HOUR_MS, maxBytes: limits.kb * KB });
  retention.start();
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
    keep({ hours: 2.5, kb: 1_000 });
    await expect.poll(left).toEqual(['succeeded-0', 'succeeded-1', 'succeeded-2']);
    expect(await events()).toBe(3);
  });

  it('forgets the oldest until the rest is small enough', async () => {
    await remember(250);
    keep({ hours: 1_000, kb: 120 });
    await expect.poll(left).toHaveLength(120);
    expect((await left()).at(-1)).toBe('succeeded-119');
    expect(await events()).toBe(120);
  });

  it('forgets nothing that has not ended', async () => {
    await remember(5, 'running');
    await remember(5);
    keep({ hours: 0.5, kb: 1 });
    await expect.poll(left).toEqual([0, 1, 2, 3, 4].map((age) => `running-${age}`));
  });
});
