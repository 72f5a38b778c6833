import { EventEmitter } from 'node:events';
import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Notices, type SqlDatabase, type StoreConfig } from '#store';
import type { Execution } from '../execution.js';
import type { ExecutionRunner } from '../run/execution.runner.js';
import type { ExecutionStore } from '../store/execution.store.js';
import type { ExecutionWriter } from '../store/execution.writer.js';
import type { Replicas } from '../store/replicas.js';
import { ExecutionReader } from './execution.reader.js';
import { ExecutionSignals } from './execution.signals.js';

const soon = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Gives a reader of one execution, which runs until `end`. */
function readerOf(id: string) {
  let status: Execution['status'] = 'running';
  const events = new EventEmitter();
  const looked = async <T>(value: T): Promise<T> => {
    await soon();
    return value;
  };
  const store = {
    look: () => looked({ status, events: [] }),
    find: () => looked({ id, status } as Execution),
  } as unknown as ExecutionStore;
  const writer = { events } as unknown as ExecutionWriter;
  const runner = { get: () => ({ id }) } as unknown as ExecutionRunner;
  const replicas = { events: new EventEmitter() } as unknown as Replicas;
  const notices = new Notices({} as StoreConfig, {} as SqlDatabase);
  const signals = new ExecutionSignals(notices, writer, replicas);
  const end = () => {
    status = 'succeeded';
    events.emit('written', [id]);
  };
  return { reader: new ExecutionReader(store, signals, writer, runner), end };
}

describe('one who follows an execution', () => {
  it.each([0, 1, 2, 3, 4, 5])(
    'sees its end, however close that is to the last look: %i ticks after',
    async (ticks) => {
      const id = randomUUIDv7();
      const { reader, end } = readerOf(id);
      const waits = [1, 2].map(() => reader.ended(id, new AbortController().signal));
      for (let tick = 0; tick < ticks; tick++) await soon();
      end();
      for (const ended of await Promise.all(waits)) {
        expect(ended).toMatchObject({ status: 'succeeded' });
      }
    },
    2_000,
  );
});
