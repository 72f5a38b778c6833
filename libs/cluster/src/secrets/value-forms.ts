import { isUtf8 } from 'node:buffer';
import { canonicalString } from './canonical-text.js';
import { LEAST_UNITS, MAX_UNITS, type Pattern, type PatternIndex } from './pattern-index.js';

/** Characters from which on a value is found wherever it stands. */
const LEAST_CHARS = 8;
/** The same for one that mixes letters, digits and signs, which no other text does by chance. */
const LEAST_MIXED_CHARS = 4;
/** Bytes from which on a value is found in base64, which then has 6 characters. */
const LEAST_BYTES = 4;
/**
 * Characters of base64 from which on a value is found inside of a longer one, where its first and
 * last characters are others.
 */
const LEAST_INNER_CHARS = 12;
/** Characters of base64 from which on a value is read once more, as it may be base64 itself. */
const LEAST_NESTED_CHARS = 16;

/**
 * Units of a piece of a long value: so much of it is found wherever it stands, with the rest of its
 * word.
 */
const PIECE_UNITS = 32;
/**
 * Most pieces that are kept of a long value. Those of a longer one stand apart, and what is between
 * them is filled in.
 */
const MAX_PIECES = 256;
/** Characters, however they are escaped, of which one piece is taken where pieces stand apart. */
const SAMPLE_CHARS = 96;

/** Bytes of a group of base64, which has four characters. */
const GROUP_BYTES = 3;

const SIGNS = [/\p{L}/u, /\d/, /[^\p{L}\d\s]/u];
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** A control character that no text has. */
const UNPRINTABLE = /[^\P{Cc}\s]/u;

/**
 * Adds a value of a Secret's `data`, as it stands there: its bytes in base64. What is not base64 is
 * taken as text.
 */
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
  if (!isUtf8(bytes)) return addBase64(index, bytes, bytes.length);
  const text = bytes.toString();
  // The same value often occurs with and without a line end.
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
  // A text with escapes differs once it is percent-encoded.
  if (/[^\p{ASCII}]|\\/u.test(text)) {
    addPattern(index, encodeURIComponent(text.toWellFormed()), { bytes, isEncoded: false });
  }
}

/**
 * Adds a value in base64: as it is, in base64 once more, and inside of something longer. As the
 * last group of characters depends on what follows, it is left to whoever replaces a match to go on
 * to the end of the word.
 */
function addBase64(index: PatternIndex, value: Buffer, bytes: number): void {
  const add = (text: string) => {
    for (const form of formsOf(text)) addPattern(index, form, { bytes, isEncoded: true });
  };
  if (value.length < LEAST_BYTES) return;
  if (value.length < 2 * GROUP_BYTES) {
    for (const whole of [value, Buffer.concat([value, Buffer.from('\n')])]) {
      add(whole.toString('base64').replace(/=+$/, ''));
    }
    return;
  }
  const once = wholeGroups(value);
  add(once);
  for (const form of formsOf(once)) add(wholeGroups(Buffer.from(form)));
  for (const before of [1, 2]) {
    // The first characters hold bits of what stands before.
    const inner = wholeGroups(Buffer.concat([Buffer.alloc(before), value])).slice(before + 1);
    if (inner.length >= LEAST_INNER_CHARS) add(inner);
  }
}

/** Base64 as it is, and that for URLs, if it is another. */
function formsOf(base64: string): string[] {
  const forUrls = base64.replaceAll('+', '-').replaceAll('/', '_');
  return forUrls === base64 ? [base64] : [base64, forUrls];
}

/** Base64 without the last group, if that is not whole. */
function wholeGroups(bytes: Buffer): string {
  return bytes.toString('base64', 0, bytes.length - (bytes.length % GROUP_BYTES));
}

type Known = Pick<Pattern, 'bytes' | 'isEncoded'>;

function addPattern(index: PatternIndex, text: string, known: Known): void {
  const pieces = piecesOf(text.length, known);
  if (pieces * PIECE_UNITS < text.length) return addSamples(index, text, pieces, known);
  // Signs before the first word may be taken for those of a diff where it stands on a line of its
  // own.
  const canonical = canonicalString(text)
    .replace(/^[ +-]+/, '')
    .trimEnd();
  const units = canonical.length;
  if (units < LEAST_UNITS) return;
  if (units > MAX_UNITS) {
    for (let at = 0; at < units; at += PIECE_UNITS) {
      const isLast = at + PIECE_UNITS >= units;
      addPiece(index, canonical, isLast ? units - PIECE_UNITS : at, known, at === 0, isLast);
    }
    return;
  }
  // What is short once its escapes are read must stand there as it is, or it would be found by
  // chance.
  const leastSpan = units < LEAST_CHARS ? text.replace(/^[\s+-]+/, '').length : 0;
  index.add(canonical, 0, units, { ...known, leastSpan });
}

/**
 * How many pieces are kept of a value. Base64 is one word, which is replaced to its ends wherever a
 * piece of it is found.
 */
function piecesOf(chars: number, { isEncoded }: Known): number {
  const few = isEncoded ? Math.max(4, chars / 1_024) : Math.max(32, chars / 256);
  return Math.ceil(Math.min(few, MAX_PIECES));
}

/** Adds pieces of a long value that stand apart. */
function addSamples(index: PatternIndex, text: string, pieces: number, known: Known): void {
  const step = (text.length - SAMPLE_CHARS) / (pieces - 1);
  index.mostGap = Math.max(index.mostGap, Math.ceil(step) + SAMPLE_CHARS);
  for (let i = 0; i < pieces; i++) {
    const at = Math.floor(i * step);
    const [isFirst, isLast] = [i === 0, i === pieces - 1];
    const sample = canonicalString(text.slice(at, at + SAMPLE_CHARS));
    const canonical = isFirst ? sample.replace(/^[ +-]+/, '') : sample;
    // Taken from the middle, because an escape may be cut at both ends.
    const last = canonical.length - PIECE_UNITS;
    const from = isFirst ? 0 : isLast ? last : Math.floor(last / 2);
    if (last >= 0) addPiece(index, canonical, from, known, isFirst, isLast);
  }
}

function addPiece(
  index: PatternIndex,
  text: string,
  from: number,
  known: Known,
  isFirst: boolean,
  isLast: boolean,
): void {
  const piece = { isFirst, isLast };
  index.add(text, from, from + PIECE_UNITS, { ...known, leastSpan: 0, piece });
}
