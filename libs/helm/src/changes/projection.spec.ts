import { describe, expect, it } from 'vitest';
import { projection, withoutUnset } from './projection.js';

describe(projection.name, () => {
  it('leaves out the fields that no manifest speaks of', () => {
    const live = { spec: { replicas: 2, paused: false }, status: { ready: 1 } };
    expect(projection(live, [{ spec: { replicas: 1 } }])).toEqual({ spec: { replicas: 2 } });
  });

  it('keeps fields of any of the manifests', () => {
    expect(projection({ a: 1, b: 2, c: 3 }, [{ a: 0 }, { b: 0 }])).toEqual({ a: 1, b: 2 });
  });

  it('finds the items of lists by their name, in the order of the manifest', () => {
    const live = [
      { name: 'injected', image: 'proxy:1' },
      { name: 'a', image: 'a:1', terminationMessagePath: '/x' },
      { name: 'b', image: 'b:1' },
    ];
    const wanted = [
      { name: 'b', image: 'b:2' },
      { name: 'a', image: 'a:2' },
    ];
    expect(projection(live, [wanted])).toEqual([
      { name: 'b', image: 'b:1' },
      { name: 'a', image: 'a:1' },
    ]);
  });

  it('keeps items that only the earlier manifest has', () => {
    expect(projection([{ port: 1 }, { port: 2 }], [[{ port: 1 }], [{ port: 2 }]])).toEqual([
      { port: 1 },
      { port: 2 },
    ]);
  });

  it('takes lists without keys item by item, or as they are', () => {
    expect(projection(['a', 'b'], [['a', 'c']])).toEqual(['a', 'b']);
    expect(projection([{ x: 1, y: 2 }], [[{ x: 0 }]])).toEqual([{ x: 1 }]);
    expect(projection(['a'], [['a', 'b']])).toEqual(['a']);
  });

  it('takes a number that was written as text for the same', () => {
    expect(projection({ cpu: '1' }, [{ cpu: 1 }])).toEqual({ cpu: 1 });
  });
});

describe(withoutUnset.name, () => {
  it('drops what is empty and not there', () => {
    const wanted = { a: {}, b: null, c: [], d: 1, items: [{ name: 'x', resources: {}, e: {} }] };
    const live = { d: 1, items: [{ name: 'x', e: {} }] };
    expect(withoutUnset(wanted, live)).toEqual({ d: 1, items: [{ name: 'x', e: {} }] });
  });

  it('leaves an object that is not there as it is', () => {
    expect(withoutUnset({ emptyDir: {} }, undefined)).toEqual({ emptyDir: {} });
  });
});
