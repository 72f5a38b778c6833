import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import '#base';
import { patchBody } from './patch-body.js';

describe(patchBody.name, () => {
  it('is JSON, with all digits of a number', () => {
    const patch = { a: [9007199254740993n, null], b: 'x \u2028 y' };
    expect(patchBody('merge', patch)).toBe('{"a":[9007199254740993,null],"b":"x \u2028 y"}');
  });

  it('has nothing that ends a line of YAML, or that YAML refuses', () => {
    const text = 'a\u007f\u0080\u0085\u009f\u2028\u2029\ufffe\uffff\ufeff\u{1f600}é';
    expect(patchBody('apply', { [text]: text })).toBe(
      String.raw`{"a\u007f\u0080\u0085\u009f\u2028\u2029\ufffe\uffff${'\ufeff'}😀é":"a\u007f\u0080\u0085\u009f\u2028\u2029\ufffe\uffff${'\ufeff'}😀é"}`,
    );
  });

  it('marks the keys of an object that has a long one', () => {
    const key = 'k'.repeat(2_000);
    const object = { a: [{ [key]: { b: 9007199254740993n, c: [] } }], d: null };
    const body = patchBody('apply', object);
    expect(body).toBe(`{"a" : [{? "${key}" : {"b" : 9007199254740993,"c" : []}}],"d" : null}`);
    expect(parse(body, { intAsBigInt: true })).toEqual(object);
  });

  it.each(['\ud800', 'a\udfff', '\\\ud800', '\ude00\ud83d'])(
    'refuses half of a pair: %j',
    (text) => {
      for (const type of ['apply', 'json'] as const) {
        expect(() => patchBody(type, { a: text })).toThrow(/half of a surrogate pair/);
        expect(() => patchBody(type, { [text]: 1 })).toThrow(/half of a surrogate pair/);
      }
    },
  );

  it.each(['\\ud800', '\\\\udfff', '\u{1f600}'])('takes what only looks like it: %j', (text) => {
    expect(JSON.parse(patchBody('merge', { a: text }))).toEqual({ a: text });
  });
});
