import { describe, expect, it } from 'vitest';
import { LiveExecution } from '../live-execution.js';
import { rowOf } from './execution-row.js';
import type { PendingWrite } from './pending-write.js';
import { batchOf, PendingWrites } from './pending-writes.js';

const MEGABYTE = 'x'.repeat(1_000_000);

/** An execution that has put out so many characters. */
const executionOf = (chars: number) => {
  const limits = { answerChars: Infinity, errorChars: Infinity, keptChars: Infinity };
  const execution = new LiveExecution('k8s_logs', 'k8s', 'c', limits, { isKept: true });
  execution.isStored = true;
  execution.addOutput(MEGABYTE.repeat(Math.ceil(chars / 1_000_000)).slice(0, chars));
  return execution;
};

const addEnd = (writes: PendingWrites, execution: LiveExecution, output: string | null) =>
  writes.add(execution.id, (write) => {
    write.insert = rowOf(execution, 'r');
    write.update = { status: 'succeeded', output };
    write.source = execution;
  });

const take = (writes: PendingWrites) => writes.take(() => false, 0);

function* batches(writes: PendingWrites): Generator<PendingWrite[]> {
  for (let taken = take(writes); taken.length > 0; taken = take(writes)) yield taken;
}

const charsIn = (taken: readonly PendingWrite[]) => JSON.stringify(batchOf(taken)).length;

describe(PendingWrites.name, () => {
  const lost: string[] = [];
  const begin = () => new PendingWrites((message) => lost.push(message));

  it('gives batches of a bounded size, and all rows of an execution in their order', () => {
    const writes = begin();
    const sizes = [1_400_000, 300_000, 5_000_000, 0, 700_000];
    const executions = sizes.map(executionOf);
    for (const execution of executions) addEnd(writes, execution, execution.output);
    const rows = new Map<string, (number | string)[]>();
    for (const taken of batches(writes)) {
      const { inserts, updates, events } = batchOf(taken);
      // One row alone may be larger: its output is not split.
      if (inserts.length + updates.length + events.length > 1) {
        expect(charsIn(taken)).toBeLessThan(1_100_000);
      }
      for (const { execution_id, seq } of events) {
        rows.set(execution_id, [...(rows.get(execution_id) ?? []), seq]);
      }
      for (const row of [...inserts, ...updates.map(({ id, values }) => ({ id, ...values }))]) {
        if (row.output != null) rows.set(row.id, [...(rows.get(row.id) ?? []), row.output.length]);
      }
    }
    for (const [index, { id }] of executions.entries()) {
      const size = sizes[index]!;
      const seqs = Array.from({ length: Math.ceil(size / 64_000) }, (_, seq) => seq + 1);
      const order = rows.get(id) ?? [];
      expect(order.filter((one) => one !== size)).toEqual(seqs);
      if (size > 1_000_000) expect(order.at(-1)).toBe(size);
    }
    expect(writes.size).toBe(0);
  });

  it('makes rows of events only when they are about to be written', () => {
    const writes = begin();
    const executions = [400_000, 400_000, 400_000, 3_000_000].map(executionOf);
    for (const execution of executions) addEnd(writes, execution, null);
    const waiting = () => executions.map(({ waitingChars }) => waitingChars > 0);
    take(writes);
    expect(waiting()).toEqual([false, false, true, true]);
    take(writes);
    take(writes);
    expect(executions[3]!.waitingChars).toBeGreaterThan(1_900_000);
  });

  it('has no room for more while much waits, however it comes and goes', () => {
    const writes = begin();
    const executions = Array.from({ length: 12 }, () => executionOf(1_000_000));
    for (const execution of executions) addEnd(writes, execution, execution.output);
    expect([writes.hasRoom, writes.isLong(executions[0]!.id)]).toEqual([false, true]);
    const failed = take(writes);
    writes.putBack(failed);
    expect(writes.hasRoom).toBe(false);
    for (let count = 0; !writes.hasRoom; count++) {
      expect(count).toBeLessThan(20);
      take(writes);
    }
    expect(writes.size).toBeGreaterThan(5);
    expect([...batches(writes)].length).toBeGreaterThan(5);
    const idle = executionOf(0);
    addEnd(writes, idle, null);
    expect([writes.hasRoom, writes.isLong(idle.id)]).toEqual([true, false]);
  });

  it('keeps in an outage how executions ended, and no more of their texts than its bound', () => {
    const writes = begin();
    const executions = Array.from({ length: 30 }, () => executionOf(1_000_000));
    for (const [index, execution] of executions.entries()) {
      addEnd(writes, execution, execution.output);
      if (index < 24) writes.boundInOutage();
    }
    expect(lost).toEqual([]);
    writes.boundInOutage();
    expect(lost).toEqual([expect.stringContaining('are lost')]);
    expect(executions.every(({ waitingChars }) => waitingChars === 0)).toBe(true);
    const { inserts, events } = batchOf([...batches(writes)].flat());
    expect(events).toEqual([]);
    expect(inserts.map(({ status, output }) => [status, output])).toEqual(
      executions.map(() => ['succeeded', null]),
    );
  });
});
