import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isoNow } from './iso-time.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells each millisecond, also of a clock that is set back', () => {
  for (const time of ['2026-11-27T10:00:00.000Z', '2026-11-27T10:00:00.001Z']) {
    vi.setSystemTime(time);
    expect([isoNow(), isoNow()]).toEqual([time, time]);
  }
  vi.setSystemTime('2026-11-26T23:59:59.999Z');
  expect(isoNow()).toBe('2026-11-26T23:59:59.999Z');
});
