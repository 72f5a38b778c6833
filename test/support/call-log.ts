import { expect, vi } from 'vitest';
import type { LogLine } from './server-process.js';

/**
 * Gives a function that waits until the server has logged one more cancelled call than now, for as
 * long as a busy machine may need.
 */
export function nextCancelled(log: LogLine[]): () => Promise<void> {
  const before = cancelledCalls(log);
  return () =>
    vi.waitFor(() => expect(cancelledCalls(log)).toBeGreaterThan(before), { timeout: 15_000 });
}

/** How the calls of one tool ended that the server has logged so far. */
export function outcomesOf(log: LogLine[], tool: string): (string | undefined)[] {
  return calls(log)
    .filter((call) => call.tool === tool)
    .map(({ outcome }) => outcome);
}

function cancelledCalls(log: LogLine[]): number {
  return calls(log).filter(({ outcome }) => outcome === 'cancelled').length;
}

function calls(log: LogLine[]): LogLine[] {
  return log.filter(({ msg }) => msg === 'call');
}
