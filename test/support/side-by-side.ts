import { describe } from 'vitest';

/**
 * Runs a suite for each case, all of them at a time, for suites that mostly wait. The tests of one
 * case follow each other. In them, `vi.waitFor` stands for `expect.poll`, which works only where
 * one test runs at a time.
 */
export function describeSideBySide<T>(
  cases: readonly T[],
  nameOf: (one: T) => string,
  suite: (one: T) => void,
): void {
  for (const one of cases) {
    describe(nameOf(one), { concurrent: true }, () => {
      describe('step by step', { concurrent: false }, () => {
        suite(one);
      });
    });
  }
}
