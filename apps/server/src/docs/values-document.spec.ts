import { describe, expect, it } from 'vitest';
import { valuesTable } from './values-document.js';

describe('the table of values', () => {
  it('has each value with its default and its comment', () => {
    const table = valuesTable(`
# About the file.

# -- How many.
count: 1
image:
  # -- Its name.
  name: web
  # -- Its limits,
  #    if it has any.
  limits: {cpu: 1}
`);
    expect(table.split('\n').slice(2)).toEqual([
      '| `count` | `1` | How many. |',
      '| `image.name` | `"web"` | Its name. |',
      '| `image.limits` | `{"cpu":1}` | Its limits, if it has any. |',
    ]);
  });

  it('is refused for a value without a comment', () => {
    expect(() => valuesTable('# -- A.\na: 1\nb: {c: 2}')).toThrow('no comment for b.c');
  });
});
