/** A number so long that a double may not hold it, wherever JSON can have one. In a text it only costs time. */
const LONG_INTEGER = /(?:^|[\s,:[])-?\d{16,}(?=[\s,\]}]|$)/;

/** Digits up to which a whole number is kept as it stands. Every 64-bit integer, and every double that Go writes without an exponent, is shorter. */
const MAX_DIGITS = 40;

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

const parse = JSON.parse as (text: string, reviver?: Reviver) => unknown;

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
 * `JSON.stringify` writes a bigint as the number that it is. This holds for the whole process, so that the libraries which write answers
 * lose nothing either.
 */
Object.defineProperty(BigInt.prototype, 'toJSON', {
  configurable: true,
  value(this: bigint): unknown {
    return JSON.rawJSON(this.toString());
  },
});

/**
 * Reads JSON without losing digits: a whole number beyond 2^53 becomes a bigint, every other number a number.
 * @throws SyntaxError for what is not JSON
 */
export function parseJson(text: string): unknown {
  // A reviver makes reading several times slower.
  return LONG_INTEGER.test(text) ? parse(text, keepDigits) : parse(text);
}

function keepDigits(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined)
    return value;
  const isWhole = /^-?\d+$/.test(source) && source.length <= MAX_DIGITS;
  return isWhole ? BigInt(source) : value;
}
