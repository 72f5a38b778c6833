import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WaitingTime } from './waiting-time.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('counts the time in which at least one waits, once', () => {
  const time = new WaitingTime();
  vi.advanceTimersByTime(10);
  time.begin();
  vi.advanceTimersByTime(10);
  time.begin();
  vi.advanceTimersByTime(10);
  time.end();
  expect(time.ms).toBe(20);
  vi.advanceTimersByTime(10);
  time.end();
  vi.advanceTimersByTime(10);
  expect(time.ms).toBe(30);
  time.begin();
  vi.advanceTimersByTime(5);
  time.end();
  expect(time.ms).toBe(35);
});
