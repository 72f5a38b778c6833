import { isUtf8 } from 'node:buffer';
import { canonicalText } from './canonical-text.js';
import { LEAST_UNITS, MOST_UNITS, type Pattern, type PatternIndex } from './pattern-index.js';

/** Characters from which on a value is found wherever it stands. */
const LEAST_CHARS = 8;
/** The same for one that mixes letters, digits and signs, which no other text does by chance. */
const LEAST_MIXED_CHARS = 4;
/** Bytes from which on a value is found in base64, which then has 6 characters. */
const LEAST_BYTES = 4;
/** Characters of base64 from which on a value is found inside of a longer one, where its first and last characters are others. */
const LEAST_INNER_CHARS = 12;
/** Characters of base64 from which on a value is read once more, as it may be base64 itself. */
const LEAST_NESTED_CHARS = 16;

/** Units of a piece of a long value: so much of it is found wherever it stands, with the rest of its word. */
const PIECE_UNITS = 32;
/** Most pieces that are kept of a long value. Those of a longer one stand apart, and what is between them is filled in. */
const MOST_PIECES = 256;
/** Characters, however they are escaped, of which one piece is taken where pieces stand apart. */
const SAMPLE_CHARS = 96;

/** Bytes of a group of base64, which has four characters. */
const GROUP_BYTES = 3;

const BLANK = 0x20;
const LEADING = [BLANK, 0x2b, 0x2d];

const SIGNS = [/\p{L}/u, /\d/, /[^\p{L}\d\s]/u];
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
/** A control character that no text has. */
const UNPRINTABLE = /[^\P{Cc}\s]/u;

/** Adds a value of a Secret's `data`, as it stands there: its bytes in base64. What is not base64 is taken as text. */
export function addEncodedValue(index: PatternIndex, stored: string): void {
  const encoded = stored.replace(/[\r\n]/g, '');
  if (BASE64.test(encoded)) addBytes(index, Buffer.from(encoded, 'base64'));
  else addText(index, stored);
}

/** Adds a value that is text. */
export function addText(index: PatternIndex, text: string): void {
  addBytes(index, Buffer.from(text));
}

/** @param isNested whether they were in base64 within a value, where one would look no further */
function addBytes(index: PatternIndex, bytes: Buffer, isNested = false): void {
  if (bytes.length < LEAST_BYTES) return;
  if (!isUtf8(bytes)) return addBase64(index, bytes, bytes.length);
  const text = bytes.toString();
  // The same value is often there with a line end and without one.
  const trimmed = text.trimEnd();
  addPlain(index, trimmed, bytes.length);
  addBase64(index, Buffer.from(trimmed), bytes.length);
  if (isNested || trimmed.length < LEAST_NESTED_CHARS || !BASE64.test(trimmed)) return;
  const inner = Buffer.from(trimmed, 'base64');
  if (isUtf8(inner) && !UNPRINTABLE.test(inner.toString())) addBytes(index, inner, true);
}

function addPlain(index: PatternIndex, text: string, bytes: number): void {
  const isMixed = text.length >= LEAST_MIXED_CHARS && SIGNS.every((sign) => sign.test(text));
  if (text.length < LEAST_CHARS && !isMixed) return;
  addPattern(index, text, { bytes, isEncoded: false });
  if (/[^\p{ASCII}]/u.test(text)) {
    addPattern(index, encodeURIComponent(text.toWellFormed()), { bytes, isEncoded: false });
  }
}

/**
 * Adds a value in base64: as it is, inside of something longer, and in base64 once more. As the last group of characters depends on what follows, it is
 * left to whoever replaces a match to go on to the end of the word.
 */
function addBase64(index: PatternIndex, value: Buffer, bytes: number): void {
  const add = (text: string) => {
    addPattern(index, text, { bytes, isEncoded: true });
    const forUrls = text.replaceAll('+', '-').replaceAll('/', '_');
    if (forUrls !== text) addPattern(index, forUrls, { bytes, isEncoded: true });
  };
  if (value.length < 2 * GROUP_BYTES) {
    for (const whole of [value, Buffer.concat([value, Buffer.from('\n')])]) {
      add(whole.toString('base64').replace(/=+$/, ''));
    }
    return;
  }
  const once = wholeGroups(value);
  add(once);
  const twice = wholeGroups(Buffer.from(once));
  if (twice.length >= LEAST_INNER_CHARS) add(twice);
  for (const before of [1, 2]) {
    // The first characters hold bits of what stands before.
    const inner = wholeGroups(Buffer.concat([Buffer.alloc(before), value])).slice(before + 1);
    if (inner.length >= LEAST_INNER_CHARS) add(inner);
  }
}

/** Base64 without the last group, if that is not whole. */
function wholeGroups(bytes: Buffer): string {
  return bytes.toString('base64', 0, bytes.length - (bytes.length % GROUP_BYTES));
}

type Known = Pick<Pattern, 'bytes' | 'isEncoded'>;

function addPattern(index: PatternIndex, text: string, known: Known): void {
  if (text.length > MOST_PIECES * PIECE_UNITS) return addSamples(index, text, known);
  const { codes, starts, length } = canonicalText(text);
  // Signs before the first word may be taken for those of a diff where it stands on a line of its own.
  let from = 0;
  while (from < length && LEADING.includes(codes[from]!)) from++;
  const to = codes[length - 1] === BLANK ? length - 1 : length;
  const units = to - from;
  if (units < LEAST_UNITS) return;
  if (units <= MOST_UNITS) {
    // What is short once its escapes are read must be as long as it is, or it would be found by chance.
    const leastSpan = units < LEAST_CHARS ? text.length - starts[from]! : 0;
    index.add(codes, from, to, { ...known, leastSpan });
    return;
  }
  for (let at = from; at < to; at += PIECE_UNITS) {
    const begin = Math.min(at, to - PIECE_UNITS);
    const piece = { isFirst: at === from, isLast: at + PIECE_UNITS >= to };
    index.add(codes, begin, begin + PIECE_UNITS, { ...known, leastSpan: 0, piece });
  }
}

/** Adds pieces of a value that has too many of them. */
function addSamples(index: PatternIndex, text: string, known: Known): void {
  const step = (text.length - SAMPLE_CHARS) / (MOST_PIECES - 1);
  index.mostGap = Math.max(index.mostGap, Math.ceil(step) + SAMPLE_CHARS);
  for (let i = 0; i < MOST_PIECES; i++) {
    const at = Math.floor(i * step);
    const { codes, length } = canonicalText(text.slice(at, at + SAMPLE_CHARS));
    const [isFirst, isLast] = [i === 0, i === MOST_PIECES - 1];
    // In the middle, as an escape may be cut at both ends.
    const middle = Math.floor((length - PIECE_UNITS) / 2);
    const from = isFirst ? 0 : isLast ? length - PIECE_UNITS : middle;
    if (from < 0) continue;
    const piece = { isFirst, isLast };
    index.add(codes, from, from + PIECE_UNITS, { ...known, leastSpan: 0, piece });
  }
}
