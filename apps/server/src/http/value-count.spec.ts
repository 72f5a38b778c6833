import { describe, expect, it } from 'vitest';
import { hasMoreValues } from './value-count.js';

describe(hasMoreValues, () => {
  it.each([
    ['a list', '[1,1,1,1]', 4],
    ['a map', '{"a":1,"b":2}', 4],
    ['lists in lists', '[[[[]]]]', 4],
    ['maps in maps', '{"a":{"b":1}}', 4],
  ])('counts values, keys and collections of %s', (_, text, count) => {
    expect(hasMoreValues(text, count - 1)).toBe(true);
    expect(hasMoreValues(text, count)).toBe(false);
  });

  it('counts nothing in a text, whatever it holds', () => {
    expect(hasMoreValues(JSON.stringify('[1,2,3]"{\\"a":1,\\'), 0)).toBe(false);
  });
});
