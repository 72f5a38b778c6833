import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Batches, BatchTurns } from './batches.js';

describe(Batches.name, () => {
  it('begin one after another, those of several sessions too', async () => {
    const turns = new BatchTurns();
    const sessions = [new Batches(turns), new Batches(turns)];
    let begun = 0;
    for (const session of [...sessions, ...sessions]) {
      void session.begin(100).then(() => begun++);
    }
    const perTurn = [];
    while (begun < 4) {
      const before = begun;
      await setImmediate();
      perTurn.push(begun - before);
    }
    expect(Math.max(...perTurn)).toBe(1);
  });

  it('are refused while a thousand of their requests are open', async () => {
    const batches = new Batches(new BatchTurns());
    const end = await batches.begin(1_000);
    expect(await batches.begin(1)).toBeUndefined();
    end?.();
    expect(await batches.begin(1)).toBeTypeOf('function');
  });
});
