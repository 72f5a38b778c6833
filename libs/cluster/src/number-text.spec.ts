import { describe, expect, it } from 'vitest';
import { numberText } from './number-text.js';

describe('numberText', () => {
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
  ])('%d is %s', (value, expected) => {
    expect(numberText(value)).toBe(expected);
  });
});
