const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const QUOTE = 0x27;
const BLANK = 0x20;
const NEWLINE = 0x0a;

/** Marks a unit that is ignored. */
const NONE = -1;

const ESCAPED_BLANKS: Readonly<Record<string, number>> = { n: NEWLINE, r: NEWLINE, t: BLANK };
/** Digits of an escape by number: `\u003c`, `\x3c`. */
const HEX_DIGITS: Readonly<Record<string, number>> = { u: 4, x: 2 };

/**
 * Text in the form for comparison, and the place of each of its UTF-16 units in the original text.
 */
export interface CanonicalText {
  length: number;
  codes: Uint16Array;
  /** Where each unit begins in the text, the sign that escapes it included. */
  starts: Uint32Array;
  ends: Uint32Array;
}

/**
 * Brings text into a form that is the same however the text is written: plain, in quotes with
 * escapes (JSON, YAML, Go), percent-encoded, and over several lines with any indentation or the
 * signs of a diff. Escapes are read, at whatever depth, and a run of blanks is one blank, with the
 * `+` and `-` that follow a line end in it. Takes time by the length of the text.
 */
export function canonicalText(text: string): CanonicalText {
  const reader = new UnitReader(text);
  const codes = new Uint16Array(text.length);
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  let length = 0;
  let isBlank = false;
  let hasLineEnd = false;
  let start = 0;
  while (reader.at < text.length) {
    const read = reader.next();
    if (read === NONE) continue;
    const isSign = hasLineEnd && (read === 0x2b || read === 0x2d);
    if (isSign || isBlankCode(read)) {
      hasLineEnd ||= read === NEWLINE || read === 0x0d;
      if (!isBlank) {
        starts[length] = start;
        codes[length++] = BLANK;
      }
      isBlank = true;
    } else {
      isBlank = false;
      hasLineEnd = false;
      starts[length] = start;
      codes[length++] = read;
    }
    ends[length - 1] = reader.at;
    start = reader.at;
  }
  return { length, codes, starts, ends };
}

/** Characters that need to be normalized. */
const SPECIAL = /[\\%'\s\p{Cc}]/u;

/** The same without the places. */
export function canonicalString(text: string): string {
  if (!SPECIAL.test(text)) return text;
  const { codes, length } = canonicalText(text);
  return Buffer.from(codes.buffer, 0, length * 2).toString('utf16le');
}

/** Reads a text unit by unit, each however it is escaped. */
class UnitReader {
  /** Where the next one begins. */
  at = 0;

  constructor(private readonly text: string) {}

  /** @returns the code of the unit that was read, or `NONE` */
  next(): number {
    const code = this.text.charCodeAt(this.at);
    if (code === BACKSLASH) return this.escaped();
    if (code === PERCENT) return this.percentEncoded();
    // In single-quoted YAML a quote is doubled.
    const isQuoted = code === QUOTE && this.text.charCodeAt(this.at - 1) === QUOTE;
    this.at++;
    return isQuoted ? NONE : code;
  }

  /** A text that was quoted several times has several backslashes before an escape. */
  private escaped(): number {
    const { text } = this;
    let end = this.at + 1;
    while (text.charCodeAt(end) === BACKSLASH) end++;
    const letter = text.charAt(end);
    const blank = ESCAPED_BLANKS[letter];
    const digits = HEX_DIGITS[letter];
    const code = digits === undefined ? NaN : hexAt(text, end + 1, digits);
    this.at = end;
    if (blank !== undefined) this.at = end + 1;
    else if (!Number.isNaN(code)) this.at = end + 1 + digits!;
    return blank ?? (Number.isNaN(code) ? NONE : code);
  }

  /** `%25` is itself a percent sign: `%252F` is a slash that was encoded twice. */
  private percentEncoded(): number {
    const { text } = this;
    let end = this.at + 1;
    while (text.startsWith('25', end) && !Number.isNaN(hexAt(text, end + 2, 2))) end += 2;
    const code = hexAt(text, end, 2);
    this.at = Number.isNaN(code) ? this.at + 1 : end + 2;
    return Number.isNaN(code) ? PERCENT : code;
  }
}

/** The number that some hexadecimal digits give, or NaN. */
function hexAt(text: string, at: number, digits: number): number {
  const hex = text.slice(at, at + digits);
  return hex.length === digits && /^[\da-fA-F]+$/.test(hex) ? Number.parseInt(hex, 16) : NaN;
}

function isBlankCode(code: number): boolean {
  return code <= BLANK || code === 0x85 || code === 0xa0 || code === 0x2028 || code === 0x2029;
}
