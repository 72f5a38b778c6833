import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Pieces } from './pieces.js';

describe(Pieces.name, () => {
  it.each([
    ['none', []],
    ['one', [10]],
    ['small ones', [1, 2, 3, 4_000, 4_000, 4_000, 4_000, 4_000, 5]],
    ['large and small ones', [3, 5_000, 7, 20_000, 20_000, 1, 16_384, 4_095, 4_096]],
  ])('gives the bytes of %s in their order', (_, sizes) => {
    const pieces = new Pieces();
    const parts = sizes.map((size, index) => Buffer.alloc(size, index + 1));
    for (const part of parts) pieces.add(part);
    expect(pieces.whole()).toEqual(Buffer.concat(parts));
    expect(pieces.size).toBe(parts.reduce((sum, { length }) => sum + length, 0));
    // Asking does not end the collecting.
    pieces.add(Buffer.of(9));
    expect(pieces.whole()).toEqual(Buffer.concat([...parts, Buffer.of(9)]));
  });

  it('does not copy a single piece', () => {
    const pieces = new Pieces();
    const piece = Buffer.from('whole');
    pieces.add(piece);
    expect(pieces.whole()).toBe(piece);
  });

  it('takes little more memory than the bytes have, however small they come', () => {
    const pieces = new Pieces();
    const before = memoryInUse();
    for (let count = 0; count < 500_000; count++) pieces.add(Buffer.of(count & 255));
    const taken = memoryInUse() - before;
    expect(pieces.size).toBe(500_000);
    // By itself each would take some 100 bytes.
    expect(taken).toBeLessThan(5_000_000);
  });
});

/** Bytes of the heap and of buffers that are not garbage. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
