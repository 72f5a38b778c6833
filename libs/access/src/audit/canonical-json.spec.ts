import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';

describe(canonicalJson.name, () => {
  it.each([
    [{ b: 1, a: [true, null, { d: 'x', c: 1.5 }] }, '{"a":[true,null,{"c":1.5,"d":"x"}],"b":1}'],
    [{ a: 1, b: 2 }, '{"a":1,"b":2}'],
    [{ '10': 1, '9': 2 }, '{"10":1,"9":2}'],
    [{ b: undefined, a: -0 }, '{"a":0}'],
    [
      { '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\ufb33': 5 },
      '{"\\r":2,"1":3,"€":1,"😀":4,"\ufb33":5}',
    ],
    [{ z: '"\\\u0007\n€', a: 1e21 }, '{"a":1e+21,"z":"\\"\\\\\\u0007\\n€"}'],
  ])('writes %j as RFC 8785 has it', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('refuses what would not be read as it was written', () => {
    expect(() => canonicalJson({ a: NaN })).toThrow(TypeError);
    expect(() => canonicalJson({ a: [1n] })).toThrow(TypeError);
  });
});
