import { describe, expect, it } from 'vitest';
import { Shares } from './shares.js';

/** Takes as many as a caller gets, and says how many. */
function takeAll(shares: Shares, caller: string): number {
  let count = 0;
  while (shares.tryTake(caller)) count += 1;
  return count;
}

describe('Shares', () => {
  it('leaves something for whoever comes next', () => {
    const shares = new Shares(400, 50);
    expect(['a', 'b', 'c', 'd'].map((caller) => takeAll(shares, caller))).toEqual([
      200, 100, 50, 25,
    ]);
    expect(takeAll(shares, 'a')).toBe(0);
  });

  it('gives callers who come and go the same', () => {
    const shares = new Shares(300, 50);
    takeAll(shares, 'a');
    for (let turn = 0; turn < 1_000; turn++) {
      shares.giveBack('a');
      takeAll(shares, 'b');
      takeAll(shares, 'a');
    }
    expect(Math.abs(shares.heldBy('a') - shares.heldBy('b'))).toBeLessThanOrEqual(1);
    expect(shares.heldBy('a')).toBeGreaterThanOrEqual(99);
  });

  it('gives each caller one while there is one, and never more than there are', () => {
    const shares = new Shares(3, 50);
    expect(['a', 'b', 'c', 'd'].map((caller) => takeAll(shares, caller))).toEqual([1, 1, 1, 0]);
    shares.giveBack('a');
    expect(takeAll(shares, 'd')).toBe(1);
  });

  it('gives all to one where that is wanted', () => {
    const shares = new Shares(10, 100);
    expect(takeAll(shares, 'a')).toBe(10);
    expect(takeAll(shares, 'b')).toBe(0);
  });

  it('shares out amounts, such as bytes', () => {
    const shares = new Shares(1_000, 50);
    expect(shares.tryTake('a', 501)).toBe(false);
    expect(shares.tryTake('a', 400)).toBe(true);
    expect(shares.tryTake('a', 101)).toBe(false);
    expect(shares.tryTake('b', 300)).toBe(true);
    shares.giveBack('a', 400);
    expect([shares.heldBy('a'), shares.heldBy('b'), shares.shareOf('a')]).toEqual([0, 300, 350]);
  });
});
