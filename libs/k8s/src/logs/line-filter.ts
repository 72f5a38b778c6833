import { runInWorker, WorkTooLarge } from '#base';
import { invalidField, ToolError } from '#tools';
import type { FilterInput, FilterOutput } from './log-filter.worker.js';

/**
 * Picks the wanted lines of a log.
 * @throws ToolError `failed` for an expression that takes too long
 */
export type LineFilter = (lines: readonly string[]) => Promise<readonly string[]>;

/** Milliseconds of computing that one expression may use in one call. */
const MAX_MS = 10_000;

/** Milliseconds for one batch of lines, including the wait for other work. */
const BATCH_LIMIT_MS = 15_000;

/**
 * Makes a filter from regular expressions in RE2 syntax. These match in time linear to the length
 * of the line, whatever the caller wrote. That time can still be long, so they run in a worker
 * thread.
 * @returns undefined when every line is wanted
 * @throws ToolError `invalid_input` for a broken expression
 */
export async function lineFilter(
  grep: string | undefined,
  exclude: string | undefined,
  signal: AbortSignal,
): Promise<LineFilter | undefined> {
  const matchers: LineFilter[] = [];
  if (grep !== undefined) matchers.push(matcher('grep', grep, true, signal));
  if (exclude !== undefined) matchers.push(matcher('exclude', exclude, false, signal));
  if (matchers.length === 0) return undefined;
  const filter: LineFilter = async (lines) => {
    let passing = lines;
    for (const match of matchers) passing = await match(passing);
    return passing;
  };
  for (const match of matchers) await match(['']);
  return filter;
}

/** @param wanted whether to keep the lines that match, or the others */
function matcher(
  field: string,
  expression: string,
  wanted: boolean,
  signal: AbortSignal,
): LineFilter {
  let left = MAX_MS;
  return async (lines) => {
    if (lines.length === 0) return lines;
    const { matches, ms, problem } = await matchesOf(field, { expression, lines }, signal);
    if (problem !== undefined) {
      throw invalidField(field, `is not a regular expression in RE2 syntax: ${problem}`);
    }
    left -= ms;
    if (left <= 0) throw tooLarge(field, 'takes too long on these logs');
    return lines.filter((_, index) => matches[index] === wanted);
  };
}

async function matchesOf(
  field: string,
  input: FilterInput,
  signal: AbortSignal,
): Promise<FilterOutput> {
  const file = new URL('./log-filter.worker.js', import.meta.url);
  try {
    return await runInWorker(file, input, { signal, timeoutMs: BATCH_LIMIT_MS });
  } catch (error) {
    if (!(error instanceof WorkTooLarge)) throw error;
    throw tooLarge(field, `cannot be matched, because ${error.message}`, error);
  }
}

function tooLarge(field: string, message: string, cause?: unknown): ToolError {
  const way = 'Give a simpler one, without large counts such as {500}, or fewer lines with since';
  return new ToolError('failed', `The pattern of "${field}" ${message}. ${way}.`, { cause });
}
