import { describe, expect, it } from 'vitest';
import { nextLimit } from './page-size.js';

/** Objects of so many bytes each. */
const objects = (count: number, bytes: number) =>
  Array.from({ length: count }, () => ({ text: '.'.repeat(bytes) }));

describe(nextLimit.name, () => {
  it('gives a page a megabyte, where its items are small', () => {
    expect(nextLimit(200, objects(200, 989))).toBe(1_048);
  });

  it('gives no page more items than it gains by', () => {
    expect(nextLimit(200, objects(200, 10))).toBe(2_500);
    expect(nextLimit(2_500, objects(2_500, 10))).toBe(2_500);
    expect(nextLimit(5_000, objects(5_000, 10))).toBe(5_000);
    expect(nextLimit(20, objects(20, 10), 20)).toBe(20);
  });

  it('leaves pages of large items, and empty ones, as they are', () => {
    expect(nextLimit(200, objects(200, 9_000))).toBe(200);
    expect(nextLimit(200, [])).toBe(200);
  });

  it('takes items of any depth and size', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) deep = { deep };
    expect(nextLimit(200, [deep])).toBeGreaterThan(200);
    expect(nextLimit(2, objects(2, 1_900_000))).toBe(2);
  });

  it('counts items that differ by their mean', () => {
    const mixed = [...objects(50, 989), ...objects(50, 2_989)];
    expect(nextLimit(100, mixed)).toBeGreaterThan(400);
    expect(nextLimit(100, mixed)).toBeLessThan(700);
  });
});
