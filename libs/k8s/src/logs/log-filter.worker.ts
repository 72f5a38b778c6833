import { RE2JS } from 're2js';

/** Some lines to look at. */
export interface FilterInput {
  /** In RE2 syntax. */
  expression: string;
  lines: readonly string[];
}

export interface FilterOutput {
  /** Whether each line matches. */
  matches: boolean[];
  /** Milliseconds that the thread has computed for it. */
  ms: number;
  /** Why the expression is not one. */
  problem?: string;
}

let last: { expression: string; pattern: RE2JS } | undefined;

/**
 * Which lines match an expression. A long line may take seconds, as the time grows with the length
 * of both.
 */
export default function matchLines({ expression, lines }: FilterInput): FilterOutput {
  const startedAt = process.threadCpuUsage();
  try {
    if (last?.expression !== expression) {
      last = { expression, pattern: RE2JS.compile(expression) };
    }
  } catch (error) {
    return { matches: [], ms: 0, problem: (error as Error).message };
  }
  const { pattern } = last;
  const matches = lines.map((line) => pattern.test(line));
  const { user, system } = process.threadCpuUsage(startedAt);
  return { matches, ms: (user + system) / 1_000 };
}
