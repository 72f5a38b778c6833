import { describe, expect, it } from 'vitest';
import { preferenceOf } from './prefer.js';

describe('preferenceOf', () => {
  it.each([
    [undefined, false, 0],
    ['respond-async', true, 0],
    ['Respond-Async, wait=10', true, 10],
    [['wait = "5"', 'respond-async'], true, 5],
    ['return=minimal, wait=x', false, 0],
    ['respond-async, wait=99999', true, 300],
  ])('reads %j', (header, respondAsync, waitSeconds) => {
    expect(preferenceOf(header)).toEqual({ respondAsync, waitSeconds });
  });
});
