import { describe, expect, it } from 'vitest';
import { atOnce } from '#base';
import { SortKey } from './sort-key.js';
import { sortSteps } from './sort-steps.js';

function sorted(values: unknown[], by = 'v'): unknown[] {
  const sort = new SortKey(by);
  const keyed = values.map((v) => ({ v, key: sort.of({ v }) }));
  return atOnce(sortSteps(keyed, (a, b) => sort.compare(a.key, b.key))).map(({ v }) => v);
}

describe('sort_by', () => {
  it.each<[string, unknown[]]>([
    ['numbers', [-1, 0.5, 2, 10, 9007199254740993n, 9007199254740995n]],
    ['names', ['web-1', 'web-2', 'web-10', 'worker']],
    ['times', ['2026-01-09T00:00:00Z', '2026-01-10T00:00:00Z', '2026-11-02T00:00:00Z']],
    ['quantities', ['100m', '1', '1k', '512Mi', '16Gi', '1Ti']],
    ['truth', [false, true]],
    ['what differs in kind, numbers first', [3, '12', 'a', 'b']],
    ['what some do not have, last', [1, 2, null]],
  ])('sorts %s', (_, values) => {
    expect(sorted(values.toReversed())).toEqual(values);
  });

  it('reverses, and keeps what has no value last', () => {
    expect(sorted([2, null, 1, 3], '-v')).toEqual([3, 2, 1, null]);
  });

  it('keeps the order of equal ones, also of very many', () => {
    const many = Array.from({ length: 10_001 }, (_, index) => ({ key: index % 7, index }));
    const result = atOnce(sortSteps(many, (a, b) => a.key - b.key));
    expect(result).toEqual(many.toSorted((a, b) => a.key - b.key));
  });

  it('names its own parameter in a refusal', () => {
    expect(() => new SortKey('-')).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ field: 'sort_by' })] }),
    );
  });
});
