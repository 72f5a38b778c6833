import { describe, expect, it } from 'vitest';
import { pauseAfter } from './pauses.js';
import { SkyfloError } from './skyflo-error.js';

const busy = (retryAfterSeconds?: number) => {
  const failure = { code: 'busy', detail: 'Too many calls wait.', retryable: true } as const;
  return new SkyfloError({ ...failure, retryAfterSeconds });
};

describe(pauseAfter.name, () => {
  it('doubles up to five seconds', () => {
    const most = [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000];
    for (const [attempt, ms] of most.entries()) {
      const paused = pauseAfter(busy(), attempt);
      expect(paused).toBeGreaterThanOrEqual(ms / 2);
      expect(paused).toBeLessThanOrEqual(ms);
    }
  });

  it('is as long as the server says, but for a pause that is too long', () => {
    expect([pauseAfter(busy(0), 3), pauseAfter(busy(7), 0)]).toEqual([0, 7_000]);
    expect(pauseAfter(busy(3_600), 0)).toBeUndefined();
  });
});
