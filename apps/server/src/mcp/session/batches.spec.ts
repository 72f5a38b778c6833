import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Batches, BatchTurns } from './batches.js';

describe(Batches.name, () => {
  it('begin one after another, those of several sessions too', async () => {
    const turns = new BatchTurns();
    const sessions = [new Batches(turns), new Batches(turns)];
    let turn = 0;
    const begins = [...sessions, ...sessions].map((session) => session.begin(100).then(() => turn));
    const begun = Promise.all(begins);
    for (; turn < 10; turn++) await setImmediate();
    expect(new Set(await begun).size).toBe(4);
  });

  it('are refused while a thousand of their requests are open', async () => {
    const batches = new Batches(new BatchTurns());
    const end = await batches.begin(1_000);
    expect(await batches.begin(1)).toBeUndefined();
    end?.();
    expect(await batches.begin(1)).toBeTypeOf('function');
  });
});
