import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '#tools';
import { ProgressSender } from './progress-sender.js';

describe(ProgressSender.name, () => {
  let sent: Progress[];
  let sender: ProgressSender;
  beforeEach(() => {
    vi.useFakeTimers();
    sent = [];
    sender = new ProgressSender((progress) => sent.push(progress), 1_000);
  });
  afterEach(() => {
    sender.stop();
    vi.useRealTimers();
  });

  it('repeats the latest after each silence, with a value that grows', () => {
    sender.report({ progress: 1, total: 3, message: 'one' });
    vi.advanceTimersByTime(2_000);
    sender.report({ progress: 2, total: 3, message: 'two' });
    vi.advanceTimersByTime(999);
    expect(sent.map(({ message }) => message)).toEqual(['one', 'one', 'one', 'two']);
    const values = sent.map(({ progress }) => progress);
    expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
    expect(sent.every(({ total }) => total === 3)).toBe(true);
  });

  it('stays below the next whole number for a day', () => {
    sender.report({ progress: 1 });
    for (let quarter = 0; quarter < 4 * 60 * 24; quarter++) vi.advanceTimersByTime(1_000);
    sender.report({ progress: 2 });
    expect(sent.at(-1)).toEqual({ progress: 2 });
  });

  it('gives a sign of life for a tool that says nothing', () => {
    vi.advanceTimersByTime(2_000);
    expect(sent).toEqual([{ progress: 0 }, { progress: expect.any(Number) as number }]);
  });

  it('says a new message whose value was reached before, with one that grows, and no message twice', () => {
    sender.report({ progress: 1, message: 'begun' });
    for (const _ of [1, 2]) sender.report({ progress: 1, message: 'waiting' });
    expect(sent.map(({ message }) => message)).toEqual(['begun', 'waiting']);
    expect(sent[1]!.progress).toBeGreaterThan(1);
  });

  it('names no total that it has passed', () => {
    sender.report({ progress: 3, total: 3 });
    vi.advanceTimersByTime(1_000);
    expect(sent.at(-1)).not.toHaveProperty('total');
  });

  it('is silent once it is stopped', () => {
    sender.stop();
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([]);
  });
});
