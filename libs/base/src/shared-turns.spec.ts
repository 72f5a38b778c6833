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
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
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

  it('waits for nothing where there is little to do', () => {
    const shared = new SharedTurns();
    expect([shared.pass(), shared.pass()]).toEqual([undefined, undefined]);
  });
});
