import type { ToolError } from '#tools';

/** The whole patched object, which the API server quotes before it says what is wrong. */
const QUOTED_PATCH = /: patch: Invalid value: "(?:[^"\\]|\\.)*"/g;

/** A value in the API server's own notation, to the end of the line: it may have blanks in it. */
const QUOTED_VALUE = /, got &value\..*/g;

const CONFLICT = /Apply failed with \d+ conflict/;

/**
 * What helm says of a change that has failed, or would: without the objects that the API server
 * quotes, and with what to do about fields of others.
 */
export function changeFailure(message: string): string {
  const said = message.replace(QUOTED_PATCH, '').replace(QUOTED_VALUE, '');
  return CONFLICT.test(said) ? `${said}\nSet force_conflicts to take these fields over.` : said;
}

/**
 * The failure of a change with notes on what is left and what to do, a line each. Everything else
 * of it, such as its code and when to retry, stays as it was.
 */
export function explainedFailure(failure: ToolError, notes: readonly string[]): ToolError {
  const message = [changeFailure(failure.message), ...notes].join('\n');
  return failure.with({ message, cause: failure });
}
