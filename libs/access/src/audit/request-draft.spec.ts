import { describe, expect, it } from 'vitest';
import { bodyDigest } from './request-draft.js';

const KEY = Buffer.from('key');

describe(bodyDigest.name, () => {
  it('is the same for an object and its JSON in any order', () => {
    const { digest } = bodyDigest({ a: 1, b: { c: null, d: undefined } }, KEY);
    expect(bodyDigest('{ "b": {"c": null}, "a": 1 }', KEY).digest).toBe(digest);
    expect(bodyDigest(Buffer.from('{"b":{"c":null},"a":1}'), KEY).digest).toBe(digest);
    expect(bodyDigest({ a: 2 }, KEY).digest).not.toBe(digest);
    expect(bodyDigest({ a: 1, b: { c: null } }, Buffer.from('other')).digest).not.toBe(digest);
  });

  it('takes what is no JSON as it is', () => {
    const bytes = Buffer.from([0x6b, 0x38, 0x73, 0x00, 0xff]);
    expect(bodyDigest(bytes, KEY)).toMatchObject({ length: 5 });
    expect(bodyDigest('a: 1', KEY).digest).not.toBe(bodyDigest('a:  1', KEY).digest);
  });

  it('does not read again what is large', () => {
    const large = JSON.stringify({ b: 'x'.repeat(300_000), a: 1 });
    expect(bodyDigest(large, KEY)).toMatchObject({ length: large.length });
    expect(bodyDigest(large, KEY).digest).not.toBe(bodyDigest(JSON.parse(large), KEY).digest);
  });
});
