import { describe, expect, it } from 'vitest';
import { LruCache } from './lru-cache.js';

describe(LruCache.name, () => {
  it('drops what was not used for the longest time', () => {
    const cache = new LruCache<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
  });

  it('counts sizes, also of what takes the place of another', () => {
    const cache = new LruCache<string>(10);
    cache.set('a', 'x', 6);
    cache.set('a', 'y', 4);
    cache.set('b', 'z', 6);
    expect([cache.get('a'), cache.get('b')]).toEqual(['y', 'z']);
    cache.set('c', 'too large', 11);
    expect([cache.get('a'), cache.get('c')]).toEqual(['y', undefined]);
  });
});
