import {
  DASH,
  isBlank,
  isBreak,
  isBreakOrEnd,
  isDigit,
  END,
  PLUS,
  SPACE,
  TAB,
} from './characters.js';
import type { Cursor } from './cursor.js';

/**
 * A literal (`|`) or folded (`>`) text, from that character on.
 * @param indent of the block that it stands in; -1 outside of all
 */
export function scanBlockScalar(cursor: Cursor, indent: number, isLiteral: boolean): string {
  cursor.at++;
  const { chomping, increment } = scanHeader(cursor);
  cursor.skipRestOfLine();
  const given = increment > 0 ? Math.max(indent, 0) + increment : undefined;
  let [breaks, found] = scanBreaks(cursor, given);
  const margin = given ?? Math.max(found, indent + 1, 1);
  let value = '';
  let lastBreak = '';
  let wasBlank = false;
  while (cursor.column === margin && cursor.code !== END) {
    const startsBlank = isBlank(cursor.code);
    if (!isLiteral && lastBreak === '\n' && !wasBlank && !startsBlank) {
      if (breaks === '') value += ' ';
    } else {
      value += lastBreak;
    }
    wasBlank = startsBlank;
    const from = cursor.at;
    while (!isBreakOrEnd(cursor.code)) cursor.at++;
    value += breaks + cursor.text.slice(from, cursor.at);
    lastBreak = isBreak(cursor.code) ? cursor.readBreak() : '';
    [breaks] = scanBreaks(cursor, margin);
  }
  if (chomping !== 'strip') value += lastBreak;
  if (chomping === 'keep') value += breaks;
  return value;
}

function scanHeader(cursor: Cursor): { chomping?: 'keep' | 'strip'; increment: number } {
  let chomping: 'keep' | 'strip' | undefined;
  let increment = 0;
  for (let taken = 0; taken < 2; taken++) {
    const { code } = cursor;
    if (chomping === undefined && (code === PLUS || code === DASH)) {
      chomping = code === PLUS ? 'keep' : 'strip';
    } else if (increment === 0 && isDigit(code)) {
      increment = code - 0x30;
      if (increment === 0) cursor.fail('the indentation of a block of text cannot be 0');
    } else {
      break;
    }
    cursor.at++;
  }
  return { ...(chomping && { chomping }), increment };
}

/**
 * Empty lines and the indentation of the line behind them. @param margin undefined where the
 * deepest of these lines decides
 */
function scanBreaks(cursor: Cursor, margin: number | undefined): [string, number] {
  const most = margin ?? Infinity;
  let breaks = '';
  let deepest = 0;
  for (;;) {
    while (cursor.column < most && cursor.code === SPACE) cursor.at++;
    deepest = Math.max(deepest, cursor.column);
    if (cursor.code === TAB && cursor.column < most) {
      cursor.fail('the line is indented with a tab; use spaces');
    }
    if (!isBreak(cursor.code)) return [breaks, deepest];
    breaks += cursor.readBreak();
  }
}
