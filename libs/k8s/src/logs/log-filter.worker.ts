import { RE2JS } from 're2js';

/** Lines to match. */
export interface FilterInput {
  /** In RE2 syntax. */
  expression: string;
  lines: readonly string[];
}

export interface FilterOutput {
  /** Whether each line matches. */
  matches: boolean[];
  /** CPU milliseconds that the thread has used. */
  ms: number;
  /** What is wrong with the expression. */
  problem?: string;
}

let last: { expression: string; pattern: RE2JS } | undefined;

/**
 * Says which lines match an expression. A long line may take seconds: the time grows with the
 * length of the line and of the expression.
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
