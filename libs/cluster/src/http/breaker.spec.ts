import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Breaker } from './breaker.js';

describe(Breaker.name, () => {
  let isThere: boolean;
  /** How long the server takes to tell its version. */
  let answerMs: number;
  let asked: number;
  let opened: number;
  let given: Error[];
  let breaker: Breaker;
  beforeEach(() => {
    vi.useFakeTimers();
    isThere = true;
    answerMs = 0;
    asked = 0;
    opened = 0;
    given = [];
    breaker = new Breaker({
      name: 'Cluster "far"',
      opened: () => opened++,
      answers: (limitMs) => {
        asked++;
        const isAnswered = isThere && answerMs <= limitMs;
        const delayMs = isAnswered ? answerMs : limitMs;
        return new Promise((resolve) => setTimeout(() => resolve(isAnswered), delayMs));
      },
    });
  });
  afterEach(() => {
    breaker.close();
    vi.useRealTimers();
  });

  const enter = () => breaker.enter((reason) => given.push(reason));
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  /** A request that has its answer after so many milliseconds. */
  const request = async (ms: number) => {
    const one = enter();
    one.isSent = true;
    await pass(ms);
    breaker.leave(one, true);
  };

  it('asks nothing while requests are answered', async () => {
    for (let count = 0; count < 10; count++) await request(1_000);
    expect(asked).toBe(0);
  });

  it('lets requests pass while a slow one is waited for, as long as the server is there', async () => {
    enter();
    await pass(20_000);
    expect(asked).toBeGreaterThan(1);
    expect(enter).not.toThrow();
  });

  it('refuses at once while nothing is answered, and lets pass again when the server is back', async () => {
    isThere = false;
    enter();
    await pass(11_000);
    const refusal = expect.objectContaining({
      code: 'unavailable',
      retryable: true,
      message: expect.stringMatching(/^Cluster "far" has not answered for 1[01] s\./) as string,
    }) as Error;
    expect(enter).toThrow(refusal);
    expect(opened).toBe(1);
    isThere = true;
    await pass(5_000);
    expect(enter).not.toThrow();
  });

  it('ends what waits for a connection when it opens, and leaves what was sent', async () => {
    isThere = false;
    enter().isSent = true;
    enter();
    await pass(11_000);
    expect(given).toEqual([expect.objectContaining({ code: 'unavailable', retryable: true })]);
  });

  it('lets pass again as soon as a request is answered after all', async () => {
    isThere = false;
    await request(11_000);
    expect(enter).not.toThrow();
  });

  it.each([5_000, 8_000])(
    'stays closed to a server that takes %i ms for all it does',
    async (ms) => {
      answerMs = ms;
      for (let count = 0; count < 10; count++) {
        await request(ms);
        expect(breaker.refusal).toBeUndefined();
      }
      expect(opened).toBe(0);
    },
  );

  it('opens also where every request soon fails without an answer, as with no way to the host', async () => {
    isThere = false;
    for (let count = 0; count < 3; count++) {
      const one = enter();
      await pass(3_000);
      breaker.leave(one, false);
    }
    await pass(5_000);
    expect(breaker.refusal).toBeDefined();
  });

  it('leaves it to the requests to find out about a server that refuses connections', async () => {
    isThere = false;
    for (let count = 0; count < 30; count++) {
      breaker.leave(enter(), false);
      await pass(1_000);
    }
    expect(asked).toBe(0);
  });
});
