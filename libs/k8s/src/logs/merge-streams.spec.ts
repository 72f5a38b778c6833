import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { merge } from './merge-streams.js';

async function* numbers(from: number, to: number): AsyncGenerator<number, void> {
  for (let number = from; number < to; number++) yield number;
}

async function* quiet(): AsyncGenerator<number, void> {
  await sleep(300);
  yield -1;
}

async function* failing(): AsyncGenerator<number, void> {
  await sleep(10);
  yield await Promise.reject<number>(new Error('broken'));
}

async function all(sources: AsyncIterator<number>[]): Promise<number[]> {
  const found: number[] = [];
  for await (const piece of merge(sources)) found.push(piece);
  return found;
}

describe(merge.name, () => {
  it('gives each piece as soon as it is there', async () => {
    const found = await all([quiet(), numbers(0, 3), numbers(10, 12)]);
    expect(found.at(-1)).toBe(-1);
    expect(found.toSorted((a, b) => a - b)).toEqual([-1, 0, 1, 2, 10, 11]);
  });

  it('ends at once without sources', async () => {
    expect(await all([])).toEqual([]);
  });

  it('fails with the first that fails', async () => {
    await expect(all([quiet(), failing()])).rejects.toThrow('broken');
  });

  it('ends its sources when its consumer stops', async () => {
    let ended = false;
    async function* endless(): AsyncGenerator<number, void> {
      try {
        for (;;) yield 1;
      } finally {
        ended = true;
      }
    }
    for await (const piece of merge([endless()])) if (piece === 1) break;
    await sleep(0);
    expect(ended).toBe(true);
  });
});
