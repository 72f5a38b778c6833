import {
  BACKSLASH,
  DOUBLE_QUOTE,
  END,
  isBlank,
  isBlankOrEnd,
  isBreak,
  SINGLE_QUOTE,
} from './characters.js';
import { folded, type Cursor } from './cursor.js';

const ESCAPES: Record<string, string> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const HEX_LENGTHS: Record<string, number> = { x: 2, u: 4, U: 8 };
const HEX = /[0-9a-f]*/iy;

/**
 * A text in single or double quotes, from its opening quote on. The indentation of its lines does
 * not matter.
 */
export function scanQuoted(cursor: Cursor): string {
  const start = cursor.at;
  const quote = cursor.code;
  cursor.at++;
  let value = '';
  for (;;) {
    if (cursor.isAtMarker())
      cursor.fail('a document ends inside the quotes that begin here', start);
    if (cursor.code === END) cursor.fail('the quotes that begin here are not closed', start);
    const [words, isContinued] = scanWord(cursor, quote);
    value += words;
    if (cursor.code === quote) break;
    value += scanGap(cursor, isContinued);
  }
  cursor.at++;
  return value;
}

/** Up to a blank, a break or the closing quote; true if the line is continued (`\` at its end). */
function scanWord(cursor: Cursor, quote: number): [string, boolean] {
  let value = '';
  let from = cursor.at;
  for (let { code } = cursor; !isBlankOrEnd(code); { code } = cursor) {
    if (code === quote) {
      if (quote === DOUBLE_QUOTE || cursor.ahead(1) !== SINGLE_QUOTE) break;
      // Two of them are one.
      value += cursor.text.slice(from, cursor.at + 1);
      cursor.at += 2;
      from = cursor.at;
    } else if (code === BACKSLASH && quote === DOUBLE_QUOTE) {
      value += cursor.text.slice(from, cursor.at);
      cursor.at++;
      if (isBreak(cursor.code)) {
        cursor.readBreak();
        return [value, true];
      }
      value += scanEscape(cursor);
      from = cursor.at;
    } else {
      cursor.at++;
    }
  }
  return [value + cursor.text.slice(from, cursor.at), false];
}

function scanGap(cursor: Cursor, isContinued: boolean): string {
  const from = cursor.at;
  let first = '';
  let others = '';
  let hasBreak = isContinued;
  for (;;) {
    if (isBlank(cursor.code)) cursor.at++;
    else if (!isBreak(cursor.code)) break;
    else if (hasBreak) others += cursor.readBreak();
    else {
      first = cursor.readBreak();
      hasBreak = true;
    }
  }
  return hasBreak ? folded(first, others) : cursor.text.slice(from, cursor.at);
}

/** From the character behind the backslash on. */
function scanEscape(cursor: Cursor): string {
  const start = cursor.at - 1;
  const kind = cursor.text.charAt(cursor.at);
  cursor.at++;
  const known = ESCAPES[kind];
  if (known !== undefined) return known;
  const length = HEX_LENGTHS[kind];
  if (length === undefined) {
    cursor.fail('unknown escape after a backslash; single quotes keep a backslash as it is', start);
  }
  const from = cursor.at;
  const digits = cursor.read(HEX).slice(0, length);
  if (digits.length < length) cursor.fail(`expected ${length} hexadecimal digits`, start);
  cursor.at = from + length;
  const code = Number.parseInt(digits, 16);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    cursor.fail('the escape is half a character; write \\U and eight digits', start);
  }
  return String.fromCodePoint(code);
}
