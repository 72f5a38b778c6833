import {
  AT,
  BACKTICK,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  GREATER,
  isBlank,
  isBlankOrEnd,
  PERCENT,
  QUESTION,
} from './characters.js';
import type { Cursor } from './cursor.js';

const NAME = /[\w-]*/y;
const HANDLE = /![\w-]*!?/y;
const URI = /[\w\-;/?:@&=+$,.!~*'()[\]%]*/y;
const VERSION = /\d{1,2}\.\d{1,2}/y;

/** What may follow an anchor's or alias's name without a blank between. */
const AFTER_NAME = [QUESTION, COLON, COMMA, CLOSE_BRACKET, CLOSE_BRACE, PERCENT, AT, BACKTICK];

/** A tag as written: the handle (`!`, `!!`, `!name!`, or "" for none) and its suffix. */
export interface TagText {
  handle: string;
  suffix: string;
}

/** The name behind `&` or `*`. */
export function scanName(cursor: Cursor): string {
  const start = cursor.at;
  cursor.at++;
  const name = cursor.read(NAME);
  if (name === '' || !(isBlankOrEnd(cursor.code) || AFTER_NAME.includes(cursor.code))) {
    cursor.fail(
      'expected a name of letters, digits, - and _ after & or *; put text in quotes',
      start,
    );
  }
  return name;
}

/** From its `!` on. */
export function scanTag(cursor: Cursor): TagText {
  const start = cursor.at;
  const tag = cursor.ahead(1) === 0x3c ? scanVerbatim(cursor) : scanShort(cursor);
  if (!isBlankOrEnd(cursor.code)) cursor.fail('expected a space after the tag', start);
  return tag;
}

function scanVerbatim(cursor: Cursor): TagText {
  cursor.at += 2;
  const suffix = scanUri(cursor, '');
  if (cursor.code !== GREATER) cursor.fail('expected > at the end of the tag');
  cursor.at++;
  return { handle: '', suffix };
}

function scanShort(cursor: Cursor): TagText {
  const handle = cursor.read(HANDLE);
  if (handle.length > 1 && handle.endsWith('!')) return { handle, suffix: scanUri(cursor, '') };
  const suffix = handle === '!' ? cursor.read(URI) : scanUri(cursor, handle.slice(1));
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix };
}

function scanUri(cursor: Cursor, head: string): string {
  const start = cursor.at;
  const text = head + cursor.read(URI);
  if (text === '') cursor.fail('expected the name of a tag');
  try {
    return decodeURIComponent(text);
  } catch {
    return cursor.fail('the tag has a broken % escape', start);
  }
}

/** A directive (`%YAML`, `%TAG`), with its line. @returns undefined for the version */
export function scanDirective(cursor: Cursor): { handle: string; prefix: string } | undefined {
  const start = cursor.at;
  cursor.at++;
  const name = cursor.read(NAME);
  cursor.skipBlanks();
  if (name === 'YAML') {
    if (cursor.read(VERSION) !== '1.1') cursor.fail('the only supported version is 1.1', start);
    cursor.skipRestOfLine();
    return undefined;
  }
  if (name !== 'TAG')
    cursor.fail('unknown directive; put text that begins with % in quotes', start);
  const handle = cursor.read(HANDLE);
  if (handle === '' || (handle.length > 1 && !handle.endsWith('!')) || !isBlank(cursor.code)) {
    cursor.fail('expected a handle such as !name! in the %TAG directive', start);
  }
  cursor.skipBlanks();
  const prefix = scanUri(cursor, '');
  cursor.skipRestOfLine();
  return { handle, prefix };
}
