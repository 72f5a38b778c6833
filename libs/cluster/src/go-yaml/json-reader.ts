import { BACKSLASH, DOUBLE_QUOTE, END } from './characters.js';
import { BrokenText } from './broken-text.js';
import { contentFrom } from './content-from.js';
import type { ReadOptions } from './composer.js';
import { setEntry, type Entries } from './entries.js';

const BLANKS = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORDS: readonly [string, unknown][] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const LEAST_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INTEGER_LENGTH = 20;

/** A value of a text, and the character that it begins at. */
export interface ReadValue {
  value: unknown;
  offset: number;
}

/** The text is not JSON. It may be YAML. */
class NotJson extends Error {}

/**
 * The values of a JSON text, one after the other. Undefined if the text is not JSON. As for
 * kubectl, a text that begins with a brace is read as JSON if possible: JSON may have escapes of
 * surrogate pairs and of `/`, and tabs, which go-yaml does not accept.
 * @throws BrokenText for a key that occurs twice, and for a text that is too large
 */
export function readJson(text: string, options: ReadOptions): ReadValue[] | undefined {
  const reader = new JsonReader(text, options);
  try {
    const found: ReadValue[] = [];
    for (let next = reader.next(); next; next = reader.next()) found.push(next);
    return found;
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class JsonReader {
  private at = 0;
  private readonly text: string;

  constructor(
    text: string,
    private readonly options: ReadOptions,
  ) {
    this.text = `${text}\0`;
  }

  next(): ReadValue | undefined {
    this.at = contentFrom(this.text, this.at);
    const offset = this.at;
    if (offset >= this.text.length - 1) return undefined;
    this.options.budget.nextDocument();
    return { value: this.value(false), offset };
  }

  private read(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [found = ''] = pattern.exec(this.text) ?? [];
    this.at += found.length;
    return found;
  }

  /** Takes this character if it is next after blanks. @returns whether it was */
  private take(character: string): boolean {
    this.read(BLANKS);
    const isNext = this.text.charAt(this.at) === character;
    if (isNext) this.at++;
    return isNext;
  }

  private expect(character: string): void {
    if (!this.take(character)) throw new NotJson();
  }

  private value(isItems: boolean): unknown {
    this.read(BLANKS);
    const { at: offset } = this;
    const { budget } = this.options;
    if (this.take('{')) return this.nested(offset, () => this.map());
    if (this.take('[')) return this.nested(offset, () => this.list(isItems));
    if (this.text.charCodeAt(offset) === DOUBLE_QUOTE) {
      const value = this.string();
      budget.take(offset, value.length + 2);
      return value;
    }
    budget.take(offset, 4);
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, offset)) continue;
      this.at += word.length;
      return value;
    }
    const value = this.number();
    budget.takeScalar(offset, value);
    return value;
  }

  private nested<T>(offset: number, read: () => T): T {
    const { budget } = this.options;
    budget.take(offset, 2);
    budget.enter(offset);
    const value = read();
    budget.leave();
    return value;
  }

  private list(isItems: boolean): unknown[] {
    const items: unknown[] = [];
    if (this.take(']')) return items;
    do {
      items.push(this.value(false));
      if (isItems) this.options.budget.nextObject();
    } while (this.take(','));
    this.expect(']');
    return items;
  }

  private map(): Entries {
    const { budget, lastKeyCounts } = this.options;
    const entries: Entries = {};
    const places = new Map<string, number>();
    if (this.take('}')) return entries;
    do {
      this.read(BLANKS);
      const offset = this.at;
      const key = this.string();
      this.expect(':');
      const earlier = places.get(key);
      if (earlier !== undefined && !lastKeyCounts) {
        throw new BrokenText('the key is repeated here', offset, earlier);
      }
      places.set(key, offset);
      budget.take(offset, key.length + 3, 0);
      setEntry(entries, key, this.value(key === 'items' && budget.depth === 1));
    } while (this.take(','));
    this.expect('}');
    return entries;
  }

  private string(): string {
    const from = this.at;
    if (this.text.charCodeAt(from) !== DOUBLE_QUOTE) throw new NotJson();
    let end = from + 1;
    for (let code = this.text.charCodeAt(end); code !== DOUBLE_QUOTE;) {
      if (code === END) throw new NotJson();
      end += code === BACKSLASH ? 2 : 1;
      code = this.text.charCodeAt(end);
      if (Number.isNaN(code)) throw new NotJson();
    }
    this.at = end + 1;
    try {
      return JSON.parse(this.text.slice(from, this.at)) as string;
    } catch {
      throw new NotJson();
    }
  }

  private number(): number | bigint {
    const digits = this.read(NUMBER);
    if (digits === '') throw new NotJson();
    const value = Number(digits);
    if (!Number.isFinite(value)) throw new NotJson();
    const mayBeLong = Number.isInteger(value) && !Number.isSafeInteger(value);
    if (!mayBeLong || digits.length > MAX_INTEGER_LENGTH || !/^-?\d+$/.test(digits)) return value;
    const whole = BigInt(digits);
    return whole >= LEAST_INT64 && whole <= MAX_UINT64 ? whole : value;
  }
}
