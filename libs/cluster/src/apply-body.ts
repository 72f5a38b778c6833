import { isRecord } from '#tools';

/**
 * Characters that the API server's YAML parser takes for a line end, or refuses, even where they stand in quotes. Its byte order
 * mark is one of them only at the very beginning.
 */
const UNSAFE = /[\x7f-\x9f\u2028\u2029\ufffe\uffff]/g;

/** Characters of a key from which on it may be longer, once written, than YAML lets a key be that stands before its colon. */
const LONG_KEY = 128;

/**
 * What is applied, in a form that an API server reads as it is meant. Server-side apply takes YAML only, of which JSON is nearly a part.
 * Source: YAML 1.1, chapters 4.1, 5.7 and 9.3.
 */
export function toApplyBody(object: unknown): string {
  const json = hasLongKey(object) ? withExplicitKeys(object) : JSON.stringify(object);
  return json.replace(UNSAFE, escaped);
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
