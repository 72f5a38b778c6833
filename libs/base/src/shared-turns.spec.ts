import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MAX_PIECES, SharedTurns } from './shared-turns.js';

const PIECES = 5 * MAX_PIECES;

function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Does pieces of work that are ready at once. @returns the turns of the event loop meanwhile */
async function turnsOf(ms: number): Promise<number> {
  const shared = new SharedTurns();
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns++;
    if (!isDone) globalThis.setImmediate(count);
  };
  globalThis.setImmediate(count);
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: PIECES }, async (_, index) => {
      await shared.pass();
      work(ms);
      order.push(index);
    }),
  );
  isDone = true;
  expect(order).toEqual(Array.from({ length: PIECES }, (_, index) => index));
  return turns;
}

describe('SharedTurns', () => {
  it('gives others their turn between pieces that are ready at once', async () => {
    // The first ones wait for no turn.
    expect(await turnsOf(2)).toBeGreaterThanOrEqual(PIECES / MAX_PIECES - 1);
  });

  it('gives others their turn sooner where pieces take long', async () => {
    // With all pieces of a turn, there would be five turns.
    expect(await turnsOf(10)).toBeGreaterThan((2 * PIECES) / MAX_PIECES);
  });

  it('takes more pieces again once they are short', async () => {
    const shared = new SharedTurns();
    const doAll = (ms: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          await shared.pass();
          work(ms);
        }),
      );
    await doAll(30, 3 * MAX_PIECES);
    for (let round = 0; round < 5; round++) {
      await doAll(0, 1);
      await setImmediate();
    }
    const taken = Array.from({ length: MAX_PIECES }, () => shared.pass());
    expect(taken.every((turn) => turn === undefined)).toBe(true);
  });

  it('waits for nothing where there is little to do', () => {
    const shared = new SharedTurns();
    expect([shared.pass(), shared.pass()]).toEqual([undefined, undefined]);
  });
});
