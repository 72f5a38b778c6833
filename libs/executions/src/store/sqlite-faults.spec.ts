import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteDatabase, troubleOf } from '#store';
import { ExecutionDatabase } from './database.js';
import { ExecutionWriter } from './execution.writer.js';
import { Replicas } from './replicas.js';
import { Retention } from './retention.js';
import type { ExecutionRow, Schema } from './schema.js';
import { StoredBytes } from './stored-bytes.js';

let folder: string;
let file: string;
let db: Kysely<Schema>;
let writer: ExecutionWriter;
beforeEach(async () => {
  for (const level of ['error', 'warn', 'log'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  }
  folder = await mkdtemp(join(tmpdir(), 'sqlite-faults-spec-'));
  file = join(folder, 'executions.db');
  const database = new ExecutionDatabase(await SqliteDatabase.open(file));
  await database.migrate();
  db = database.kysely;
  const bytes = new StoredBytes();
  const retention = new Retention(database, { maxAgeMs: Infinity, maxBytes: Infinity }, bytes);
  writer = new ExecutionWriter(database, bytes, retention, new Replicas(database));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await writer.close();
  await db.destroy();
  await rm(folder, { recursive: true });
});

function insert(id: string, more: Partial<ExecutionRow> = {}): Promise<void> {
  const row = { id, tool: 't', category: 'k8s', caller: 'c', replica: 'r', status: 'running' };
  const times = { created_at: '2026-01-01T00:00:00.000Z', started_at: null, finished_at: null };
  const texts = { output: null, data: null, error: null };
  const key = { idempotency_key: null, request_hash: null, cancel_requested: 0 };
  writer.insert({ ...row, ...times, ...texts, ...key, size: 1, ...more });
  return writer.stored(id);
}
const ids = async () => {
  const rows = await db.selectFrom('executions').select('id').orderBy('id').execute();
  return rows.map(({ id }) => id);
};
const storesAgain = async (...wanted: string[]) => {
  await expect.poll(ids, { timeout: 15_000 }).toEqual(wanted);
  await insert('later');
  expect(await ids()).toEqual([...wanted, 'later'].sort());
  expect(writer.failure).toBeUndefined();
};

describe('a writer finds back by itself', () => {
  it('from a full disk, which it names', async () => {
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.lit(rows[0]!.page_count + 5)}`.execute(db);
    const output = 'x'.repeat(100_000);
    const error = await insert('large', { output }).catch((reason: unknown) => reason);
    expect(troubleOf(error)).toBe('is full');
    expect(writer.failure).toBe('database or disk is full');
    await insert('small');
    await sql`pragma max_page_count = 1000000`.execute(db);
    await storesAgain('large', 'small');
    const outputs = db.selectFrom('executions').select('output').where('id', '=', 'large');
    expect((await outputs.executeTakeFirst())?.output).toHaveLength(output.length);
  });

  it('from a file that can only be read', async () => {
    await sql`pragma query_only = 1`.execute(db);
    const error = await insert('a').catch((reason: unknown) => reason);
    expect(troubleOf(error)).toBe('can only be read');
    await storesAgain('a');
  });

  it('from a lock of another process, which it waits for', async () => {
    using other = new DatabaseSync(file);
    other.exec('begin immediate');
    const stored = insert('a');
    const reads = await ids();
    expect(reads).toEqual([]);
    setTimeout(() => other.exec('rollback'), 500);
    await stored;
    expect(await ids()).toEqual(['a']);
  });

  it('from a lock that lasts longer than it waits', async () => {
    using other = new DatabaseSync(file);
    other.exec('begin immediate');
    const error = await insert('a').catch((reason: unknown) => reason);
    expect(troubleOf(error)).toBe('is locked by somebody else');
    other.exec('rollback');
    await storesAgain('a');
  });

  it('from the end of the thread that has the connection', async () => {
    const post = vi.spyOn(Worker.prototype, 'postMessage').mockImplementationOnce(function (
      this: Worker,
    ) {
      void this.terminate();
    });
    await expect(insert('a')).rejects.toThrow('has ended');
    expect(post).toHaveBeenCalled();
    await storesAgain('a');
  });

  it('from a commit that fails, with the row at fault dropped', async () => {
    await sql`create table parent (id text primary key)`.execute(db);
    await sql`create table child (id text references parent deferrable initially deferred)`.execute(
      db,
    );
    await sql`create trigger bad after insert on executions when new.id = 'bad'
      begin insert into child values ('nobody'); end`.execute(db);
    await Promise.all([insert('a'), insert('bad'), insert('c')]);
    expect(await ids()).toEqual(['a', 'c']);
    await storesAgain('a', 'c');
  });
});
