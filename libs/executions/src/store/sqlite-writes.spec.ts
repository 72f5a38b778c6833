import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '#store';
import { ExecutionDatabase } from './database.js';
import { ExecutionStore } from './execution.store.js';
import type { ExecutionRow } from './schema.js';
import { SqliteWrites } from './sqlite-writes.js';

describe(SqliteWrites.name, () => {
  let database: ExecutionDatabase;
  let store: ExecutionStore;
  beforeEach(async () => {
    database = new ExecutionDatabase(await SqliteDatabase.open(':memory:'));
    await database.migrate();
    store = new ExecutionStore(database);
  });
  afterEach(() => database.kysely.destroy());

  const at = '2026-01-01T00:00:00.000Z';
  const rowOf = (id: string, more: Partial<ExecutionRow> = {}): ExecutionRow => {
    const row = { id, tool: 't', category: 'k8s', caller: 'c', replica: 'r', status: 'running' };
    const times = { created_at: at, started_at: at, finished_at: null };
    const texts = { output: null, data: null, error: null };
    const key = { idempotency_key: null, request_hash: null, cancel_requested: 0 };
    return { ...row, ...times, ...texts, ...key, size: 1, ...more };
  };
  const insert = (...inserts: ExecutionRow[]) =>
    database.writes.write({ inserts, updates: [], events: [] });
  const update = (id: string, values: Partial<ExecutionRow>) =>
    database.writes.write({ inserts: [], updates: [{ id, values }], events: [] });
  const failed = JSON.stringify({ code: 'failed', message: 'No.', retryable: false });
  const interrupted = JSON.stringify({ code: 'unavailable', message: 'Ended.', retryable: false });

  it.each<[string, Partial<ExecutionRow>, string]>([
    ['a result', { status: 'succeeded', output: 'done' }, `as succeeded at ${at}.`],
    ['a failure', { status: 'failed', error: failed }, `as failed at ${at}: No.`],
  ])(
    'keeps an end that others have noted, and adds %s that comes later',
    async (_what, end, said) => {
      await insert(rowOf('a'), rowOf('other', { replica: 'another' }));
      await database.writes.removeReplica('r', '2026-02-02T00:00:00.000Z', {
        error: interrupted,
        errorOfSettled: failed,
      });
      for (let time = 0; time < 2; time++) await update('a', { ...end, finished_at: at });
      const execution = await store.find('a');
      expect(execution).toMatchObject({
        status: 'interrupted',
        finishedAt: '2026-02-02T00:00:00.000Z',
        output: end.output ?? undefined,
      });
      expect(execution?.error?.message).toBe(
        `Ended. That server was only silent. It said later that this ended ${said}`,
      );
      expect((await store.find('other'))?.status).toBe('running');
    },
  );

  it('says of an interrupted one whether it had made all its changes', async () => {
    await insert(rowOf('before'), rowOf('after'));
    const event = (execution_id: string, data: object) => ({
      execution_id,
      seq: 1,
      type: 'progress',
      data: JSON.stringify(data),
    });
    const events = [
      event('before', { progress: 0, message: '"settled":true' }),
      event('after', { progress: 0, settled: true }),
    ];
    await database.writes.write({ inserts: [], updates: [], events });
    const errors = { error: interrupted, errorOfSettled: failed };
    await database.writes.removeReplica('r', at, errors);
    expect((await store.find('before'))?.error?.message).toBe('Ended.');
    expect((await store.find('after'))?.error?.message).toBe('No.');
  });

  it('changes no end', async () => {
    await insert(rowOf('a'));
    await update('a', { status: 'succeeded', output: 'first', finished_at: at });
    await update('a', { status: 'failed', output: 'second', error: failed });
    expect(await store.find('a')).toMatchObject({ status: 'succeeded', output: 'first' });
  });

  it('gives a key to the first, also where two come together', async () => {
    const claim = (id: string, caller = 'c') =>
      rowOf(id, { caller, idempotency_key: 'k', request_hash: id });
    const both = await database.writes.claim([claim('a'), claim('b'), claim('c', 'another')]);
    expect(both.map((holder) => holder?.id)).toEqual(['a', 'a', 'c']);
    expect(await database.writes.claim([claim('d')])).toEqual([{ id: 'a', requestHash: 'a' }]);
    await update('a', { status: 'failed', idempotency_key: null, request_hash: null });
    expect(await database.writes.claim([claim('d')])).toEqual([{ id: 'd', requestHash: 'd' }]);
  });
});
