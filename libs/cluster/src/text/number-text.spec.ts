import { describe, expect, it } from 'vitest';
import { numberText } from './number-text.js';

describe(numberText.name, () => {
  it.each([
    [0, '0'],
    [-3, '-3'],
    [12345678901, '12345678901'],
    [0.5, '0.5'],
    [-100000.5, '-100000.5'],
    [1234567.5, '1.2345675e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e20, '1e+20'],
    [1.5e300, '1.5e+300'],
    [9007199254740993n, '9007199254740993'],
    [2n ** 63n - 1n, '9223372036854775807'],
    [-(2n ** 63n), '-9223372036854775808'],
    [-(2n ** 63n) - 1n, '-9.223372036854776e+18'],
    [2n ** 64n, '1.8446744073709552e+19'],
  ])('%d is %s in YAML and in a table', (value, expected) => {
    expect(numberText(value, 'yaml')).toBe(expected);
    expect(numberText(value, 'table')).toBe(expected);
  });

  it('has all digits of a number of 64 bits without a sign in YAML only', () => {
    expect(numberText(2n ** 64n - 1n, 'yaml')).toBe('18446744073709551615');
    expect(numberText(2n ** 63n, 'table')).toBe('9.223372036854776e+18');
  });
});
