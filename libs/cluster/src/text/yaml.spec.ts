import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { atOnce } from '#base';
import { jsonSteps } from './json.js';
import { compareKeys, toYaml } from './yaml.js';

// Expected texts are what kubectl 1.34 prints for a ConfigMap with the same values.
describe('toYaml', () => {
  it('sorts keys and puts lists level with their key', () => {
    const value = {
      spec: { b: [{ z: 1, x: [1, [2]] }, 'text'], a: {} },
      kind: 'A',
      none: null,
      list: [],
    };
    expect(toYaml(value)).toBe(
      `kind: A
list: []
none: null
spec:
  a: {}
  b:
  - x:
    - 1
    - - 2
    z: 1
  - text
`,
    );
  });

  it.each([
    ['plain text', 'plain text'],
    ['', '""'],
    ['true', '"true"'],
    ['No', '"No"'],
    ['nO', 'nO'],
    ['null', '"null"'],
    ['123', '"123"'],
    ['089', '"089"'],
    ['0x1f', '"0x1f"'],
    ['0xg', '0xg'],
    ['1_000', '"1_000"'],
    ['1e3', '"1e3"'],
    ['1e999', '1e999'],
    ['12:30', '"12:30"'],
    ['2026-11-23T02:06:10Z', '"2026-11-23T02:06:10Z"'],
    ['2026-13-01', '2026-13-01'],
    ['<<', '<<'],
    ['- a', "'- a'"],
    ['-a', '-a'],
    ['a: b', "'a: b'"],
    ['a:b', 'a:b'],
    ['a #b', "'a #b'"],
    ["'a", "'''a'"],
    [' lead', "' lead'"],
    ['a\tb', '"a\\tb"'],
    ['😀', '"\\U0001F600"'],
    ['日本語', '日本語'],
    ['---', "'---'"],
    ['a\nb', '|-\n  a\n  b'],
    ['a\nb\n', '|\n  a\n  b'],
    ['a\n\nb\n\n', '|+\n  a\n\n  b\n'],
    ['\na', '|2-\n\n  a'],
    ['a \nb', '"a \\nb"'],
  ])('writes %j as kubectl does', (text, expected) => {
    expect(toYaml({ k: text })).toBe(`k: ${expected}\n`);
  });

  it('shows whole numbers beyond 2^53 with all digits', () => {
    const value = { a: [9007199254740993n], b: -9223372036854775808n, c: 9223372036854776000n };
    expect(toYaml(value)).toBe(
      'a:\n- 9007199254740993\nb: -9223372036854775808\nc: 9223372036854776000\n',
    );
    expect(toYaml(9007199254740993n)).toBe('9007199254740993\n');
  });

  it('folds long texts after eighty characters', () => {
    const text = 'word '.repeat(30).trim();
    const [first, second] = ['word '.repeat(16).trim(), 'word '.repeat(14).trim()];
    expect(toYaml({ k: text })).toBe(`k: ${first}\n  ${second}\n`);
    expect(parse(toYaml({ k: text, q: `'${text}`, t: `\t${text}` }))).toEqual({
      k: text,
      q: `'${text}`,
      t: `\t${text}`,
    });
  });

  it('sorts keys by letters and numbers', () => {
    const keys = ['b', 'a10', 'a2', 'A', 'a.b', 'a', 'a_b', '10', '9'];
    expect(keys.sort(compareKeys)).toEqual(['9', '10', 'A', 'a', 'a.b', 'a_b', 'a2', 'a10', 'b']);
  });
});

describe('jsonSteps', () => {
  it('sorts keys, also those that look like numbers, and indents by four', () => {
    expect(atOnce(jsonSteps({ b: [], a: [{ '10': 1, '9': null }], c: {} }, '', Infinity))).toBe(
      `{
    "a": [
        {
            "10": 1,
            "9": null
        }
    ],
    "b": [],
    "c": {}
}
`,
    );
  });
});
