import { ToolError } from '#tools';
import { apiStatusOf } from './api-error.js';

/** How the API server words what does not fit an object's schema; its HTTP status is then 500. */
const SCHEMA =
  /^failed to (?:create typed patch object|convert new object) \(.*?\)(?: to proper version)?: /s;

/** The whole patched object, or the whole patch, which the API server quotes before it says what is wrong. */
const QUOTED_PATCH = /^.*?is invalid: patch: Invalid value: "(?:[^"\\]|\\.)*": /s;

/** A value that the API server quotes in its own notation. */
const QUOTED_VALUE = /, got &value\.\S+/g;

/**
 * The failure of a write in a form that is fit to be shown: a schema fault is `invalid_input`, whatever the API server calls it, and the object is not
 * in the text, as it may be a Secret.
 */
export function writeError(error: unknown): unknown {
  const message = apiStatusOf(error)?.message;
  if (!(error instanceof ToolError) || message === undefined) return error;
  const said = message.replace(SCHEMA, '').replace(QUOTED_PATCH, '').replace(QUOTED_VALUE, '');
  if (said === message) return error;
  const code = SCHEMA.test(message) ? 'invalid_input' : error.code;
  return new ToolError(code, said, { cause: error.cause });
}
