import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '#store';
import { ExecutionDatabase } from './database.js';
import { ExecutionStore } from './execution.store.js';

let db: ExecutionDatabase['kysely'];
let store: ExecutionStore;
beforeEach(async () => {
  const database = new ExecutionDatabase(await SqliteDatabase.open(':memory:'));
  await database.migrate();
  db = database.kysely;
  store = new ExecutionStore(database);
});
afterEach(() => db.destroy());

/** Stores an execution whose events hold texts of so many characters. */
async function remember(lengths: number[]): Promise<void> {
  const row = { id: 'a', tool: 't', category: 'k8s', caller: 'c', replica: 'r', size: 0 };
  const created_at = new Date().toISOString();
  const values = { ...row, status: 'running', created_at, cancel_requested: 0 };
  await db.insertInto('executions').values(values).execute();
  for (const [index, length] of lengths.entries()) {
    const data = JSON.stringify({ text: 'x'.repeat(length) });
    const event = { execution_id: 'a', seq: index + 1, type: 'output', data };
    await db.insertInto('execution_events').values(event).execute();
  }
}

/** The events page by page, by their numbers. */
async function pages(): Promise<number[][]> {
  const all: number[][] = [];
  for (let seen = 0; ;) {
    const page = ((await store.look('a', seen))?.events ?? []).map(({ seq }) => seq);
    if (page.length === 0) return all;
    all.push(page);
    seen = page.at(-1)!;
  }
}

describe('a page of events', () => {
  it('has few that are long', async () => {
    await remember([64_000, 64_000, 64_000, 64_000, 64_000]);
    expect(await pages()).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('has one that is longer than a page', async () => {
    await remember([10, 1_000_000, 10]);
    expect(await pages()).toEqual([[1, 2], [3]]);
  });

  it('has more that are short', async () => {
    await remember(Array.from({ length: 45 }, () => 10));
    expect((await pages()).map(({ length }) => length)).toEqual([20, 20, 5]);
  });
});
