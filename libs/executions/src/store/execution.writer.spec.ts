import type { Kysely } from 'kysely';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteDatabase } from '#store';
import type { Batch } from './batch.js';
import { ExecutionDatabase } from './database.js';
import { ExecutionWriter } from './execution.writer.js';
import { Replicas } from './replicas.js';
import { Retention } from './retention.js';
import type { EventSource } from './pending-write.js';
import type { EventRow, ExecutionRow, Schema } from './schema.js';
import { StoredBytes } from './stored-bytes.js';

describe(ExecutionWriter.name, () => {
  let db: Kysely<Schema>;
  let writer: ExecutionWriter;
  /** Writes to a database of the same tables as far as `act` lets it. */
  let through: (act: (batch: Batch) => unknown, lanes: number) => ExecutionWriter;
  beforeEach(async () => {
    for (const level of ['error', 'warn', 'log'] as const) {
      vi.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
    }
    const database = new ExecutionDatabase(await SqliteDatabase.open(':memory:'));
    await database.migrate();
    db = database.kysely;
    const bytes = new StoredBytes();
    const retention = new Retention(database, { maxAgeMs: Infinity, maxBytes: Infinity }, bytes);
    through = (act, lanes) => {
      const write = async (batch: Batch) => {
        await act(batch);
        await database.writes.write(batch);
      };
      const writes = { ...database.writes, write };
      const slowed = Object.assign({}, database, { writes, lanes });
      return new ExecutionWriter(slowed, bytes, retention, new Replicas(database));
    };
    writer = through(() => undefined, 1);
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
  const sourceOf = (id: string, rows: EventRow[]): EventSource => ({
    id,
    isEnding: true,
    eventBytes: 0,
    get waitingChars() {
      return rows.reduce((sum, { data }) => sum + data.length, 0);
    },
    takeEvents: (maxChars) => {
      let left = maxChars;
      const end = rows.findIndex(({ data }) => (left -= data.length) < 0);
      return rows.splice(0, end < 0 ? rows.length : Math.max(1, end));
    },
    dropEvents: () => rows.splice(0),
  });
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

  describe('with several batches under way at a time', () => {
    /** What was begun to be written, each with what lets it go on. */
    let flights: { ids: string[]; land: () => void; fail: (error: Error) => void }[];
    const begun = () => flights.map(({ ids }) => ids.join(' '));
    beforeEach(() => {
      flights = [];
      writer = through(({ inserts, updates, events }) => {
        const { promise, resolve: land, reject: fail } = Promise.withResolvers<void>();
        const ids = [...inserts, ...updates].map(({ id }) => id);
        const seqs = events.map(({ execution_id, seq }) => `${execution_id}/${seq}`);
        flights.push({ ids: [...ids, ...seqs], land, fail });
        return promise;
      }, 2);
    });

    it('takes what waits, each execution once', async () => {
      const all = ['a', 'b', 'c', 'd'].map((id) => {
        writer.insert(rowOf(id));
        return writer.stored(id);
      });
      writer.update('d', { started_at: 'now' });
      writer.update('d', { status: 'failed' });
      await expect.poll(begun).toEqual(['a b c d']);
      flights[0]!.land();
      await Promise.all(all);
      expect(await stored()).toEqual(['a running', 'b running', 'c running', 'd failed']);
    });

    it('does not wait for others, but for what is under way of the same execution', async () => {
      writer.insert(rowOf('a'));
      void writer.stored('a');
      await expect.poll(begun).toEqual(['a']);
      writer.insert(rowOf('b'));
      writer.update('a', { status: 'failed' });
      const end = writer.stored('a');
      await expect.poll(begun).toEqual(['a', 'b']);
      flights[0]!.land();
      await expect.poll(begun).toEqual(['a', 'b', 'a']);
      flights[2]!.land();
      await end;
      flights[1]!.land();
      await expect.poll(stored).toEqual(['a failed', 'b running']);
    });

    it('writes the events of one in pieces where they are many, and its end after them', async () => {
      const event = (seq: number) => ({ seq, type: 'output', data: 'x'.repeat(600_000) });
      const rows = [1, 2, 3].map((seq) => ({ ...event(seq), execution_id: 'a' }));
      writer.insertEnded(rowOf('a'), { status: 'succeeded' });
      writer.storeEvents(sourceOf('a', rows));
      void writer.stored('a');
      for (const count of [1, 2, 3]) {
        await expect.poll(begun).toHaveLength(count);
        expect(await stored()).not.toContain('a succeeded');
        flights[count - 1]!.land();
      }
      await expect.poll(stored).toEqual(['a succeeded']);
      expect(begun()).toEqual(['a a/1', 'a/2', 'a a/3']);
    });

    it('holds up whoever put out much until the store has taken most of it, or is away', async () => {
      const output = 'x'.repeat(900_000);
      const ids = Array.from({ length: 25 }, (_, index) => String(index + 10));
      const called: string[] = [];
      for (const id of ids) {
        writer.insertEnded(rowOf(id), { status: 'succeeded', output });
        writer.whenRoom(id, () => called.push(id));
      }
      writer.insertEnded(rowOf('small'), { status: 'succeeded' });
      writer.whenRoom('small', () => called.push('small'));
      expect(called).toEqual([...ids.slice(0, 22), 'small']);
      void writer.stored('10');
      await expect.poll(begun).toEqual(['10', '11']);
      expect(called).toHaveLength(23);
      flights[0]!.land();
      await expect.poll(() => called.length).toBe(26);
      writer.insertEnded(rowOf('late'), { status: 'succeeded', output: output.repeat(20) });
      writer.whenRoom('late', () => called.push('late'));
      expect(called).toHaveLength(26);
      flights[1]!.fail(new Error('no answer'));
      await expect.poll(() => called.at(-1)).toBe('late');
      for (const { land } of flights) land();
    });

    it('tries what failed in halves, apart from everything else', async () => {
      for (const id of ['a', 'b', 'c']) writer.insert(rowOf(id));
      await expect.poll(begun).toEqual(['a b c']);
      flights[0]!.fail(new Error('no answer'));
      await expect.poll(() => writer.failure).toBe('no answer');
      writer.insert(rowOf('d'));
      await expect.poll(begun).toEqual(['a b c', 'd']);
      flights[1]!.land();
      await expect.poll(begun).toEqual(['a b c', 'd', 'a b', 'c']);
      for (const { land } of flights) land();
      await expect.poll(stored).toEqual(['a running', 'b running', 'c running', 'd running']);
    });
  });

  it('gives up what never can be stored while all else can: first its texts', async () => {
    const lost: string[] = [];
    writer = through(({ inserts }) => {
      for (const { id, output } of inserts) {
        if (id !== 'bad' && !(id === 'long' && output)) continue;
        lost.push(id);
        throw new Error('something is wrong with it');
      }
    }, 2);
    writer.insert(rowOf('bad'));
    writer.insert(rowOf('long', { output: 'x' }));
    for (let count = 0; lost.filter((id) => id === 'bad').length < 7; count++) {
      writer.insert(rowOf(`good-${count}`));
      await writer.stored(`good-${count}`).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await expect.poll(() => writer.failure).toBeUndefined();
    expect(await stored()).toContain('long running');
    expect(await stored()).not.toContain('bad running');
  }, 30_000);
});
