import type { Kysely } from 'kysely';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSqlite } from './database.js';
import { ExecutionWriter } from './execution.writer.js';
import { Retention } from './retention.js';
import type { ExecutionRow, Schema } from './schema.js';
import { StoredBytes } from './stored-bytes.js';

describe(ExecutionWriter.name, () => {
  let db: Kysely<Schema>;
  let writer: ExecutionWriter;
  beforeEach(async () => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const database = await openSqlite(':memory:');
    await database.migrate();
    db = database.kysely;
    const bytes = new StoredBytes();
    const retention = new Retention(database, { maxAgeMs: Infinity, maxBytes: Infinity }, bytes);
    const { writes, lanes } = database;
    writer = new ExecutionWriter({ writes, lanes, bytes, retention, written: () => undefined });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await db.destroy();
  });

  const rowOf = (id: string, more: object = {}) => {
    const row = { id, tool: 't', category: 'k8s', caller: 'c', replica: 'r', status: 'running' };
    const times = { created_at: '2026-01-01T00:00:00.000Z', started_at: null, finished_at: null };
    const texts = { output: null, data: null, error: null };
    const key = { idempotency_key: null, request_hash: null, cancel_requested: 0 };
    return { ...row, ...times, ...texts, ...key, size: 1, ...more } as ExecutionRow;
  };
  const stored = async () => {
    const rows = await db.selectFrom('executions').select(['id', 'status']).orderBy('id').execute();
    return rows.map(({ id, status }) => `${id} ${status}`);
  };

  it.each([
    ['without a caller', { caller: null }],
    ['with what no column takes', { tool: { a: 1 } }],
  ])('stores all but a row %s, whatever stands before and behind it', async (_what, bad) => {
    for (let count = 10; count < 27; count++) writer.insert(rowOf(String(count)));
    writer.insert(rowOf('bad', bad));
    for (let count = 27; count < 40; count++) writer.insert(rowOf(String(count)));
    await writer.stored('39');
    for (let count = 10; count < 39; count++) writer.update(String(count), { size: 2 });
    writer.update('39', { status: 'failed' });
    writer.update('12', { error: { a: 1 } as unknown as string, status: 'failed' });
    await writer.stored('39');
    const wanted = Array.from({ length: 30 }, (_, index) => `${index + 10} running`);
    expect(await stored()).toEqual([...wanted.slice(0, -1), '39 failed']);
    expect(writer.failure).toBeUndefined();
  });

  it('says why nothing can be stored, and stores all of it once it can', async () => {
    await db.schema.alterTable('executions').renameTo('elsewhere').execute();
    writer.insert(rowOf('a'));
    await expect(writer.stored('a')).rejects.toThrow('no such table');
    expect(writer.failure).toContain('no such table');
    await db.schema.alterTable('elsewhere').renameTo('executions').execute();
    await expect.poll(() => writer.failure, { timeout: 10_000 }).toBeUndefined();
    expect(await stored()).toEqual(['a running']);
  });
});
