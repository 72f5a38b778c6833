import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Breaker } from './breaker.js';

describe(Breaker.name, () => {
  let isThere: boolean;
  let asked: number;
  let breaker: Breaker;
  beforeEach(() => {
    vi.useFakeTimers();
    isThere = true;
    asked = 0;
    breaker = new Breaker('Cluster "far"', () => {
      asked++;
      return Promise.resolve(isThere);
    });
  });
  afterEach(() => {
    breaker.close();
    vi.useRealTimers();
  });

  it('asks nothing while requests are answered', async () => {
    for (let count = 0; count < 10; count++) {
      const ended = breaker.enter();
      await vi.advanceTimersByTimeAsync(1_000);
      ended(true);
    }
    expect(asked).toBe(0);
  });

  it('lets requests pass while a slow one is waited for, as long as the server is there', async () => {
    breaker.enter();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toBeGreaterThan(1);
    expect(() => breaker.enter()).not.toThrow();
  });

  it('refuses at once while nothing is answered, and lets pass again when the server is back', async () => {
    isThere = false;
    breaker.enter();
    await vi.advanceTimersByTimeAsync(8_000);
    const refusal = expect.objectContaining({
      code: 'unavailable',
      retryable: true,
      message: expect.stringMatching(/^Cluster "far" has not answered for [5-8] s\./) as string,
    }) as Error;
    expect(() => breaker.enter()).toThrow(refusal);
    isThere = true;
    await vi.advanceTimersByTimeAsync(8_000);
    expect(() => breaker.enter()).not.toThrow();
  });

  it('lets pass again as soon as a request is answered after all', async () => {
    isThere = false;
    const ended = breaker.enter();
    await vi.advanceTimersByTimeAsync(8_000);
    ended(true);
    expect(() => breaker.enter()).not.toThrow();
  });
});
