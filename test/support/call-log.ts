import { expect, vi } from 'vitest';
import type { LogLine } from './server-process.js';

/** Gives a function that waits for the next call that the server logs, which must end soon, and tells how it ended. */
export function outcomeOf(log: LogLine[]): () => Promise<string | undefined> {
  const seen = log.length;
  return async () => {
    await vi.waitFor(() => expect(outcomes(log.slice(seen))).not.toEqual([]), { timeout: 3_000 });
    return outcomes(log.slice(seen)).at(-1);
  };
}

/** How the calls of one tool ended that the server has logged so far. */
export function outcomesOf(log: LogLine[], tool: string): (string | undefined)[] {
  return outcomes(log.filter(({ message }) => (message as { tool?: string }).tool === tool));
}

function outcomes(log: LogLine[]): (string | undefined)[] {
  return log
    .map(({ message }) => message as { message?: string; outcome?: string })
    .filter(({ message }) => message === 'call')
    .map(({ outcome }) => outcome);
}
