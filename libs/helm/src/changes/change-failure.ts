import type { ToolError } from '#tools';

/** The whole patched object, which the API server quotes before it says what is wrong. */
const QUOTED_PATCH = /: patch: Invalid value: "(?:[^"\\]|\\.)*"/g;

/** A value in the API server's own notation, to the end of the line: it may contain blanks. */
const QUOTED_VALUE = /, got &value\..*/g;

const CONFLICT = /Apply failed with \d+ conflict/;

/**
 * Helm's message about a change that failed or would fail, without the objects that the API server
 * quotes. For a conflict over fields that others manage, it says what to do.
 */
export function changeFailure(message: string): string {
  const said = message.replace(QUOTED_PATCH, '').replace(QUOTED_VALUE, '');
  return CONFLICT.test(said) ? `${said}\nSet force_conflicts to take these fields over.` : said;
}

/**
 * A failed change with notes appended, a line each: what is left and what to do. Its code, when to
 * retry and all other facts stay as they were.
 */
export function explainedFailure(failure: ToolError, notes: readonly string[]): ToolError {
  const message = [changeFailure(failure.message), ...notes].join('\n');
  return failure.with({ message, cause: failure });
}
