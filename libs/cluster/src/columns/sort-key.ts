import { compareTexts } from '#base';
import { compactJson } from '../text/compact-json.js';
import { quantity } from '../text/quantity.js';
import { parseFieldPath } from './field-path.js';
import { SoughtPath } from './sought-path.js';

/** Characters of a text that are compared. */
const MAX_CHARS = 1_000;

/** A value to sort by: numbers before texts. Undefined where an object has none. */
export type Key = number | bigint | string | undefined;

/** What objects are sorted by. */
export class SortKey {
  readonly path: SoughtPath;
  private readonly sign: 1 | -1;

  /**
   * @param text a path; with a "-" before it the greatest is first
   * @throws ToolError `invalid_input`
   */
  constructor(text: string) {
    const isDescending = text.trimStart().startsWith('-');
    this.sign = isDescending ? -1 : 1;
    const path = isDescending ? text.trimStart().slice(1) : text;
    this.path = new SoughtPath(parseFieldPath(path, 'sort_by'), 'sort_by');
  }

  of(object: unknown): Key {
    return keyOf(this.path.valuesIn(object)[0]);
  }

  /** Objects without a value come last, in either direction. */
  compare(a: Key, b: Key): number {
    if (a === undefined || b === undefined)
      return Number(a === undefined) - Number(b === undefined);
    return this.sign * compareKeys(a, b);
  }
}

/** A quantity of the Kubernetes API, such as 250m or 1.5Gi. */
const QUANTITY = /^([-+]?\d+(?:\.\d+)?)([KMGTPE]i|[numkMGTPE])?$/;

function keyOf(value: unknown): Key {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return compactJson(value, MAX_CHARS);
  const [, amount, unit] = QUANTITY.exec(value) ?? [];
  if (amount === undefined) return value.slice(0, MAX_CHARS);
  if (unit !== undefined) return quantity(value);
  return amount.length > 15 && /^\d+$/.test(amount) ? BigInt(amount) : Number(amount);
}

/** Compares as people do: web-2 comes before web-10. */
const NATURAL = new Intl.Collator('en', { numeric: true });

function compareKeys(a: NonNullable<Key>, b: NonNullable<Key>): number {
  if (typeof a === 'string' && typeof b === 'string')
    return NATURAL.compare(a, b) || compareTexts(a, b);
  if (typeof a === 'string' || typeof b === 'string') return typeof a === 'string' ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
