import { isRecord } from '#base';

/**
 * JSON in the one form that a hash can be taken of: keys sorted, no blanks. Fields that are
 * undefined are left out.
 * Source: RFC 8785 (JSON Canonicalization Scheme)
 * @throws TypeError for what has no such form, as NaN or a bigint
 */
export function canonicalJson(value: unknown): string {
  // What was written in this form is read in this form, and then costs a fraction.
  return isSorted(value) ? JSON.stringify(value) : sortedJson(value);
}

/** Whether all keys stand in the order of UTF-16 code units, as the RFC has it. */
function isSorted(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'object') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isSorted);
  let last = '';
  for (const key of Object.keys(value)) {
    if (key < last || !isSorted((value as Record<string, unknown>)[key])) return false;
    last = key;
  }
  return true;
}

/**
 * The same fields with their keys in order, so that `canonicalJson` is quick.
 * @param value of this program: keys that somebody else chose may be `__proto__`
 */
export function inKeyOrder<T extends object>(value: T): T {
  const ordered: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const field = (value as Record<string, unknown>)[key];
    if (field !== undefined) ordered[key] = field;
  }
  return ordered as T;
}

function sortedJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean' || Number.isFinite(value))
    return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (!isRecord(value)) throw new TypeError(`${typeof value} has no canonical JSON.`);
  const fields = Object.keys(value)
    .sort()
    .filter((key) => value[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${sortedJson(value[key])}`);
  return `{${fields.join(',')}}`;
}
