import { describe, expect, it } from 'vitest';
import { withExactNumbers } from './exact-numbers.js';

describe(withExactNumbers.name, () => {
  it('takes from the workload what the revision has rounded', () => {
    const stored = { a: [{ s: 9007199254740992n, t: 1 }], b: 9223372036854776000n, $patch: 'x' };
    const live = { a: [{ s: 9007199254740993n, t: 2 }], b: 9223372036854775806n, c: 1 };
    expect(withExactNumbers(stored, live)).toEqual({
      a: [{ s: 9007199254740993n, t: 1 }],
      b: 9223372036854775806n,
      $patch: 'x',
    });
  });

  it('takes the largest number of 64 bits where the workload has another one', () => {
    const stored = { a: 9223372036854776000n, b: -9223372036854775808n, c: 9007199254740994n };
    const live = { a: 30, b: [], c: 9007199254740997n };
    expect(withExactNumbers(stored, live)).toEqual({ ...stored, a: 9223372036854775807n });
    expect(withExactNumbers(stored, 'text')).toEqual({ ...stored, a: 9223372036854775807n });
  });
});
