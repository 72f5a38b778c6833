import { describe, expect, it } from 'vitest';
import { RefusalBudget } from './refusal-budget.js';

/** How many of so many refusals at once are kept. */
function keptOf(budget: RefusalBudget, principal: string, count: number): number {
  return Array.from({ length: count }, () => budget.tryTake(principal)).filter(Boolean).length;
}

describe(RefusalBudget.name, () => {
  it('keeps a burst, and then as many as come with time', () => {
    let now = 0;
    const budget = new RefusalBudget(() => now);
    expect(keptOf(budget, 'jane', 5_000)).toBe(1_000);
    now += 500;
    expect(keptOf(budget, 'jane', 5_000)).toBe(10);
    now += 3_600_000;
    expect(keptOf(budget, 'jane', 5_000)).toBe(1_000);
  });

  it('leaves others what is theirs', () => {
    const budget = new RefusalBudget(() => 0);
    keptOf(budget, 'jane', 5_000);
    expect(keptOf(budget, 'joe', 10)).toBe(10);
  });

  it('remembers no more principals than it may', () => {
    const budget = new RefusalBudget(() => 0);
    keptOf(budget, 'jane', 5_000);
    for (let other = 0; other < 10_000; other++) budget.tryTake(`other ${other}`);
    expect(keptOf(budget, 'jane', 1)).toBe(1);
  });
});
