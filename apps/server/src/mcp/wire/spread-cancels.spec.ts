import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { spreadCancels } from './spread-cancels.js';

describe(spreadCancels, () => {
  it('passes a single cancel on with its reason', async () => {
    const caller = new AbortController();
    const { signal } = spreadCancels(caller.signal);
    caller.abort('no more');
    await turn();
    expect([signal.aborted, signal.reason]).toEqual([true, 'no more']);
  });

  it('is aborted at once by a signal that was so before', () => {
    expect(spreadCancels(AbortSignal.abort()).signal.aborted).toBe(true);
  });

  it('passes many on over several turns, the newest first', async () => {
    const connection = new AbortController();
    const signals = Array.from({ length: 500 }, () => spreadCancels(connection.signal).signal);
    connection.abort();
    const abortedAfter: number[] = [];
    for (let turns = 0; !signals.every(({ aborted }) => aborted); turns++) {
      await turn();
      abortedAfter.push(signals.filter(({ aborted }) => aborted).length);
      const newest = signals.findIndex(({ aborted }) => aborted);
      expect(signals.slice(newest).every(({ aborted }) => aborted)).toBe(true);
    }
    expect(abortedAfter.length).toBeGreaterThanOrEqual(10);
  });

  it('passes nothing on once it is stopped', async () => {
    const caller = new AbortController();
    const { signal, stop } = spreadCancels(caller.signal);
    stop();
    caller.abort();
    await turn();
    expect(signal.aborted).toBe(false);
  });
});
