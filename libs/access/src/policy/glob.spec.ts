import { describe, expect, it } from 'vitest';
import { matchAny } from './glob.js';

describe(matchAny.name, () => {
  it.each([
    [['shop'], 'shop', true],
    [['shop'], 'shops', false],
    [['a', 'shop'], 'shop', true],
    [['*'], '', true],
    [['*'], 'anything', true],
    [['shop-*'], 'shop-', true],
    [['shop-*'], 'shop', false],
    [['*-prod'], 'shop-prod', true],
    [['*-prod'], 'shop-prod-2', false],
    [['a*b*c'], 'a-b-b-c', true],
    [['a*b*c'], 'a-c-b', false],
    [['web-?'], 'web-1', true],
    [['web-?'], 'web-', false],
    [['web-?'], 'web-12', false],
    [['*?'], '', false],
    [['**'], '', true],
    [['a.c'], 'abc', false],
    [['(x|y)'], 'x', false],
    [[''], '', true],
    [[''], 'x', false],
    [[], 'x', false],
  ])('%j on "%s": %s', (globs, text, expected) => {
    expect(matchAny(globs)(text)).toBe(expected);
  });

  it('does not go back and forth over a text that almost matches', () => {
    const matches = matchAny([`${'*a'.repeat(30)}*b`]);
    const start = performance.now();
    expect(matches('a'.repeat(5_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
