import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inOrder, mapConcurrently, merge } from './concurrency.js';

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

describe(inOrder.name, () => {
  it('yields in the order of the items, with no more at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const seen: number[] = [];
    const task = async (ms: number) => {
      most = Math.max(most, ++running);
      await sleep(ms);
      running--;
      return ms;
    };
    for await (const ms of inOrder([30, 1, 20, 1, 10], 2, undefined, task)) seen.push(ms);
    expect(seen).toEqual([30, 1, 20, 1, 10]);
    expect(most).toBe(2);
  });

  it('ends the tasks under way when the consumer stops or a task fails', async () => {
    const signals: AbortSignal[] = [];
    const task = async (item: string, signal: AbortSignal) => {
      signals.push(signal);
      if (item === 'bad') throw new Error('bad');
      return item;
    };
    for await (const item of inOrder(['a', 'b'], 2, undefined, task)) {
      expect(item).toBe('a');
      break;
    }
    await expect(inOrder(['bad', 'c'], 2, undefined, task).next()).rejects.toThrow('bad');
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  it('hands on that the caller gave up', async () => {
    const stop = new AbortController();
    stop.abort();
    const task = async (_: string, { aborted }: AbortSignal) => aborted;
    expect((await inOrder(['a'], 1, stop.signal, task).next()).value).toBe(true);
  });
});

describe(mapConcurrently.name, () => {
  it('gives the results in the order of the items', async () => {
    const task = async (ms: number) => sleep(ms, ms);
    expect(await mapConcurrently([20, 1, 10], 3, task)).toEqual([20, 1, 10]);
  });

  it('starts the next task as soon as any ends', async () => {
    const started: string[] = [];
    let finishSlow = () => {};
    const slow = new Promise<void>((resolve) => (finishSlow = resolve));
    await mapConcurrently(['slow', 'a', 'b', 'c'], 2, async (item) => {
      started.push(item);
      // The last one ends the first: with batches of two this would never return.
      if (item === 'c') finishSlow();
      if (item === 'slow') await slow;
    });
    expect(started).toEqual(['slow', 'a', 'b', 'c']);
  });

  it('starts nothing after a failure, and waits for what has started', async () => {
    const started: string[] = [];
    let isSlowDone = false;
    const work = mapConcurrently(['slow', 'bad', 'never'], 2, async (item) => {
      started.push(item);
      if (item === 'bad') throw new Error('bad');
      await sleep(20);
      isSlowDone = true;
    });
    await expect(work).rejects.toThrow('bad');
    expect(started).toEqual(['slow', 'bad']);
    expect(isSlowDone).toBe(true);
  });

  it('throws the first of several failures', async () => {
    const task = async (item: string) => {
      if (item === 'late') await sleep(20);
      throw new Error(item);
    };
    await expect(mapConcurrently(['late', 'early'], 2, task)).rejects.toThrow('early');
  });
});

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
