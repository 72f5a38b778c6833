import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inOrder } from './ordered.js';

describe('inOrder', () => {
  it('yields in the order of the items, with no more at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const seen: number[] = [];
    const task = async (ms: number) => {
      most = Math.max(most, ++running);
      await setTimeout(ms);
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
