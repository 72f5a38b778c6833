import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DASH,
  HASH,
  isBlank,
  isBlankOrEnd,
  isBreak,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUESTION,
  TAB,
} from './characters.js';
import { folded, type Cursor } from './cursor.js';

/** Characters that begin no value without quotes. */
const NO_START = new Set('-?:,[]{}#&*!|>\'"%@`');

/** Whether a text without quotes begins here. */
export function startsPlain(cursor: Cursor, inFlow: boolean): boolean {
  const { code } = cursor;
  if (!isBlankOrEnd(code) && !NO_START.has(String.fromCharCode(code))) return true;
  const next = cursor.ahead(1);
  if (code === DASH) return !isBlank(next);
  return !inFlow && (code === QUESTION || code === COLON) && !isBlankOrEnd(next);
}

/**
 * A text without quotes.
 * @param indent of the block that it stands in; each of its lines is indented deeper
 * @param inFlow whether it stands in brackets or braces
 * @returns the text, and whether a line break follows it
 */
export function scanPlain(cursor: Cursor, indent: number, inFlow: boolean): [string, boolean] {
  let value = '';
  let gap = '';
  let afterBreak = false;
  while (!cursor.isAtMarker() && cursor.code !== HASH) {
    const from = cursor.at;
    for (let { code } = cursor; !isBlankOrEnd(code); { code } = cursor) {
      if (code === COLON && isBlankOrEnd(cursor.ahead(1))) break;
      if (inFlow && endsInFlow(code)) break;
      cursor.at++;
    }
    if (cursor.at > from) {
      value += gap + cursor.text.slice(from, cursor.at);
      afterBreak = false;
    }
    if (!isBlank(cursor.code) && !isBreak(cursor.code)) break;
    const blanksFrom = cursor.at;
    let first = '';
    let others = '';
    for (; isBlank(cursor.code) || isBreak(cursor.code);) {
      if (isBlank(cursor.code)) {
        if (afterBreak && cursor.column <= indent && cursor.code === TAB) {
          cursor.fail('the line is indented with a tab; use spaces');
        }
        cursor.at++;
      } else if (afterBreak) {
        others += cursor.readBreak();
      } else {
        first = cursor.readBreak();
        afterBreak = true;
      }
    }
    gap = afterBreak ? folded(first, others) : cursor.text.slice(blanksFrom, cursor.at);
    if (!inFlow && cursor.column <= indent) break;
  }
  return [value, afterBreak];
}

function endsInFlow(code: number): boolean {
  return (
    code === COMMA ||
    code === QUESTION ||
    code === OPEN_BRACKET ||
    code === CLOSE_BRACKET ||
    code === OPEN_BRACE ||
    code === CLOSE_BRACE
  );
}
