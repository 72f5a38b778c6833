import { randomBytes } from 'node:crypto';

/**
 * Digits up to which a whole number is kept as it stands. Every 64-bit integer, and every double
 * that Go writes without an exponent, is shorter.
 */
const MAX_DIGITS = 40;

/**
 * A number that is too long for a double, wherever JSON can have one. Part of a string may look the
 * same.
 */
const LONG_INTEGER = new RegExp(
  String.raw`(?<=^|[\s,:[])-?\d{16,${MAX_DIGITS}}(?=[\s,\]}]|$)`,
  'g',
);

/**
 * A quick test that there is none. The engine skips through a text for a row of digits several
 * times faster than for a counted repetition or an anchor before it.
 */
const MAY_HAVE_ONE = new RegExp(String.raw`\d`.repeat(16));

/**
 * The prefix of a long number while JSON.parse reads the rest. It is random, so nobody can send a
 * text that begins with it.
 */
const MARK = randomBytes(9).toString('base64');
const MARKED_START = `"${MARK}`;

declare global {
  interface JSON {
    /** Source: ECMAScript proposal "JSON.parse source text access". */
    rawJSON(text: string): unknown;
  }
  interface BigInt {
    toJSON(): unknown;
  }
}

/**
 * Makes `JSON.stringify` write a bigint as a plain number. This holds for the whole process, so
 * that libraries which write answers keep all digits too.
 */
Object.defineProperty(BigInt.prototype, 'toJSON', {
  configurable: true,
  value(this: bigint): unknown {
    return JSON.rawJSON(this.toString());
  },
});

/**
 * Reads JSON without losing digits: a whole number beyond 2^53 becomes a bigint, every other number
 * a number.
 * @throws SyntaxError for what is not JSON
 */
export function parseJson(text: string): unknown {
  const marked = MAY_HAVE_ONE.test(text) ? markLongIntegers(text) : text;
  if (marked === text) return JSON.parse(text);
  let data: unknown;
  try {
    data = JSON.parse(marked);
  } catch {
    // This fails too, and its message has the place in the original text.
    return JSON.parse(text);
  }
  return withLongIntegers(data);
}

// JSON.parse with a reviver, which sees the source of each number, takes several times longer.
function markLongIntegers(text: string): string {
  const parts: string[] = [];
  const strings = new Strings(text);
  let taken = 0;
  LONG_INTEGER.lastIndex = 0;
  for (let match = LONG_INTEGER.exec(text); match; match = LONG_INTEGER.exec(text)) {
    const end = LONG_INTEGER.lastIndex;
    const endOfString = strings.endAround(match.index);
    if (endOfString !== undefined) LONG_INTEGER.lastIndex = endOfString;
    else if (!Number.isSafeInteger(Number(match[0]))) {
      parts.push(text.slice(taken, match.index), MARKED_START, match[0], '"');
      taken = end;
    }
  }
  return taken === 0 ? text : parts.join('') + text.slice(taken);
}

/** The string literals of a JSON text, found from its beginning to its end. */
class Strings {
  private start: number;
  private end: number;

  constructor(private readonly text: string) {
    this.start = this.quoteFrom(0);
    this.end = this.endOf(this.start);
  }

  /**
   * The end of the string around a place. Undefined if the place is not in a string. Places must be
   * asked for in ascending order.
   */
  endAround(place: number): number | undefined {
    while (this.end <= place) {
      this.start = this.quoteFrom(this.end);
      this.end = this.endOf(this.start);
    }
    return this.start < place ? this.end : undefined;
  }

  private endOf(start: number): number {
    let end = start;
    do {
      end = this.quoteFrom(end + 1);
    } while (this.isEscaped(end));
    return end + 1;
  }

  /** Infinity where there is none. */
  private quoteFrom(place: number): number {
    const quote = place === Infinity ? -1 : this.text.indexOf('"', place);
    return quote < 0 ? Infinity : quote;
  }

  private isEscaped(place: number): boolean {
    let before = place;
    while (this.text[before - 1] === '\\') before--;
    return (place - before) % 2 === 1;
  }
}

/** Replaces marked texts by their numbers, in place. */
function withLongIntegers(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  for (const key in fields) {
    const item = fields[key];
    if (typeof item === 'string' ? item.startsWith(MARK) : typeof item === 'object') {
      fields[key] = withLongIntegers(item);
    }
  }
  return value;
}
