import { describe, expect, it } from 'vitest';
import { EqualLines } from './equal-lines.js';

describe(EqualLines, () => {
  it('gives three equal lines, and counts the others when another follows', () => {
    const lines = new EqualLines();
    expect(lines.take(['a', 'b', 'b'])).toEqual(['a', 'b', 'b']);
    expect(lines.take(['b', 'b', 'b'])).toEqual(['b']);
    expect(lines.take(['c'])).toEqual(['(repeated 2 more times)', 'c']);
    expect(lines.rest()).toEqual([]);
  });

  it('gives the count when no line follows', () => {
    const lines = new EqualLines();
    const at = (second: number) => `2026-01-01T00:00:0${second}Z tick`;
    expect(lines.take([1, 2, 3, 4, 5].map(at))).toEqual([at(1), at(2), at(3)]);
    expect(lines.rest()).toEqual(['(repeated 2 more times, until 2026-01-01T00:00:05Z)']);
    expect(lines.rest()).toEqual([]);
  });
});
