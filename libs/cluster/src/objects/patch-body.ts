import { isRecord } from '#base';
import { ToolError } from '#tools';
import type { PatchType } from './write.js';

/**
 * Characters that the API server's YAML parser takes for a line end, or refuses, even where they
 * stand in quotes. Source: YAML 1.1, chapters 4.1.1 and 4.1.4.
 */
const UNSAFE = /[\x7f-\x9f\u2028\u2029\ufffe\uffff]/g;

/** Half of a surrogate pair, as JSON.stringify writes it. */
const HALF_PAIR = /\\ud[89a-f]/;

/**
 * Characters from which a key may be too long for YAML to recognize it: 1,024 (YAML 1.1, chapter
 * 7.2.1.3).
 */
const LONG_KEY = 128;

/**
 * The body of a patch. It is JSON. For an apply, which API servers read as YAML, it is JSON that
 * means the same as YAML.
 * @throws ToolError `invalid_input` for a text that is not valid Unicode, which the API server
 * would change
 */
export function patchBody(type: PatchType, patch: unknown): string {
  const isYaml = type === 'apply';
  const json = isYaml && hasLongKey(patch) ? withExplicitKeys(patch) : JSON.stringify(patch);
  if (HALF_PAIR.test(json) && HALF_PAIR.test(json.replaceAll('\\\\', ''))) {
    const problem = 'A text has only one half of a surrogate pair (\\ud800 to \\udfff)';
    throw new ToolError(
      'invalid_input',
      `${problem}, which is not a character. Write both halves or neither.`,
    );
  }
  return isYaml ? json.replace(UNSAFE, escaped) : json;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function hasLongKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasLongKey);
  return Object.entries(value).some(([key, item]) => key.length >= LONG_KEY || hasLongKey(item));
}

/** Flow style in which every long key is marked as one. */
function withExplicitKeys(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(withExplicitKeys).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value ?? null);
  const parts = Object.entries(value).map(([key, item]) => {
    const mark = key.length >= LONG_KEY ? '? ' : '';
    return `${mark}${JSON.stringify(key)} : ${withExplicitKeys(item)}`;
  });
  return `{${parts.join(',')}}`;
}
