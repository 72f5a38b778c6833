import { describe, expect, it } from 'vitest';
import { parseJson } from './json.js';

describe(parseJson, () => {
  it.each([
    '9007199254740993',
    '-9223372036854775808',
    '{"a":9223372036854775807,"b":[18446744073709551615,1]}',
    '[12345678901234567890]',
    '{"text":"9007199254740993, 1","n":1.5}',
    '["a: 9007199254740993 ",9007199254740993,"\\\\",9007199254740995,"\\", 9007199254740993 \\\\\\""]',
    '{"9007199254740993":"9007199254740993"," 9007199254740993 ":{"__proto__":9007199254740993}}',
    '[[[[-9007199254740993]],null,true],{},[]]',
  ])('keeps every digit, so that JSON.stringify gives the same text: %s', (text) => {
    expect(JSON.stringify(parseJson(text))).toBe(text);
  });

  it('finds a long number that stands on a line of its own', () => {
    expect(parseJson('[\n  9007199254740993\n]')).toEqual([9007199254740993n]);
  });

  it('leaves numbers that a double holds as they are', () => {
    expect(parseJson('[1, 9007199254740991, 1e3, 1.5, 1234567890123456]')).toEqual([
      1, 9007199254740991, 1000, 1.5, 1234567890123456,
    ]);
  });

  it.each(['[9007199254740993,]', '9007199254740993 "', '{"a":9007199254740993'])(
    'says of broken JSON what JSON.parse says: %s',
    (text) => {
      const said = (read: (json: string) => unknown) => {
        try {
          return read(text);
        } catch (error) {
          return String(error);
        }
      };
      expect(said(parseJson)).toBe(said(JSON.parse));
    },
  );

  it('takes no more digits than a number of an API server has', () => {
    expect(parseJson(`[${'9'.repeat(100_000)}]`)).toEqual([Infinity]);
    expect(parseJson(`[${'1'.repeat(50)}]`)).toEqual([Number('1'.repeat(50))]);
  });
});
