import { describe, expect, it } from 'vitest';
import { requestIdIn, requestIdOf } from './request-id.js';

const MADE = /^[0-9a-f-]{36}$/;

describe(requestIdOf.name, () => {
  it.each(['a', '7f1c:3/web@eu+1=', 'x'.repeat(128)])('is what the sender says: %s', (given) => {
    expect(requestIdOf({ headers: { 'x-request-id': given } })).toBe(given);
  });

  it.each(['', 'x'.repeat(129), 'a b', 'a\nb', 'ä', '"', 'one, two'])(
    'is made in place of %j',
    (given) => {
      expect(requestIdOf({ headers: { 'x-request-id': given } })).toMatch(MADE);
    },
  );

  it('stays the same for one request', () => {
    const headers = {};
    const made = requestIdIn(headers);
    expect(made).toMatch(MADE);
    expect(requestIdIn(headers)).toBe(made);
  });
});
