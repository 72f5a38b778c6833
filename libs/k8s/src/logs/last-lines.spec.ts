import { describe, expect, it } from 'vitest';
import { LastLines } from './last-lines.js';

describe(LastLines.name, () => {
  it('keeps the last ones, by number and by size', () => {
    const kept = new LastLines(3);
    for (const line of ['a', 'b', 'c', 'd']) kept.add(line);
    expect([kept.toString(), kept.size]).toEqual(['b\nc\nd', 6]);
    kept.shrinkTo(4);
    expect(kept.toString()).toBe('c\nd');
    kept.shrinkTo(0);
    expect(kept.toString()).toBe('d');
  });

  it('keeps none where none are wanted', () => {
    const kept = new LastLines(0);
    kept.add('a');
    expect([kept.toString(), kept.size]).toEqual(['', 0]);
  });

  it('drops each line in constant time', () => {
    const kept = new LastLines(200_000);
    const startedAt = performance.now();
    for (let line = 0; line < 1_000_000; line++) kept.add(String(line));
    expect(kept.toString().slice(0, 7)).toBe('800000\n');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
