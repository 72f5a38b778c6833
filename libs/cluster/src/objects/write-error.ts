import { ToolError } from '#tools';
import { apiStatusOf } from '../http/api-error.js';

/** How the API server words what does not fit an object's schema; its HTTP status is then 500. */
const SCHEMA =
  /^failed to (?:create typed patch object|convert new object) \(.*?\)(?: to proper version)?: /s;

/** How it reports that it cannot tell what an apply removes. The HTTP status is 500 too. */
const OTHER_VERSION =
  /^failed to prune fields: failed to convert merged object to last applied version: /;

/**
 * The whole patched object, or the whole patch, which the API server quotes before it says what is
 * wrong.
 */
const QUOTED_PATCH = /^.*?is invalid: patch: Invalid value: "(?:[^"\\]|\\.)*": /s;

/**
 * What the API server got in place of what it expected, which it quotes in Go's notation: up to the
 * next field, as it may have line ends.
 */
const QUOTED_VALUE = /(: expected [a-z ]+(?:\([a-z ]+\))?), got .*?(?=\n\s*\.[^\n]*: |$)/gs;

/**
 * The failure of a write in a form that can be shown. A schema error is `invalid_input`, whatever
 * the API server calls it. The object is removed from the text, because it may be a Secret. An
 * apply of fields that the version of the last apply lacks is `precondition`, and the message says
 * what to do next.
 */
export function writeError(error: unknown): unknown {
  const message = apiStatusOf(error)?.message;
  if (!(error instanceof ToolError) || message === undefined) return error;
  if (OTHER_VERSION.test(message)) {
    const missing = message.replace(OTHER_VERSION, '');
    return error.with({
      code: 'precondition',
      message: `The last apply of this object was in another version of its kind, which lacks a field (${missing}). Apply it in the new version without such fields first, and then with them.`,
    });
  }
  const said = message.replace(SCHEMA, '').replace(QUOTED_PATCH, '').replace(QUOTED_VALUE, '$1');
  if (said === message) return error;
  const code = SCHEMA.test(message) ? 'invalid_input' : error.code;
  return error.with({ code, message: said });
}
