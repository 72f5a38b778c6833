import { expect, vi } from 'vitest';
import type { LogLine } from './server-process.js';

/** Gives a function that waits, not for long, until the server has logged one more cancelled call than now. */
export function nextCancelled(log: LogLine[]): () => Promise<void> {
  const before = cancelledCalls(log);
  return () =>
    vi.waitFor(() => expect(cancelledCalls(log)).toBeGreaterThan(before), { timeout: 3_000 });
}

function cancelledCalls(log: LogLine[]): number {
  return log
    .map(({ message }) => message as { message?: string; outcome?: string })
    .filter(({ message, outcome }) => message === 'call' && outcome === 'cancelled').length;
}
