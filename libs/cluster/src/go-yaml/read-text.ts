import { BrokenText } from './broken-text.js';
import { Budget } from './budget.js';
import { Composer, type ReadOptions } from './composer.js';
import { contentFrom } from './content-from.js';
import { readJson, type ReadValue } from './json-reader.js';

export interface ReadTextOptions {
  /**
   * Whether the last of two equal keys in a map counts, as for helm and API servers. Otherwise they
   * are refused.
   */
  lastKeyCounts: boolean;
}

/** A document of a text. */
export interface ReadDocument {
  /** The line that it begins in, counted from 1. */
  line: number;
  value: unknown;
}

/** Why a text cannot be read. Never quotes the text. */
export interface TextProblem {
  line: number;
  column: number;
  message: string;
}

/** Characters that go-yaml does not accept: control characters, and half of a surrogate pair. */
// oxlint-disable-next-line no-control-regex
const NOT_PRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const MARKER = '---';
/** Where a document may begin that is not the first. */
const NEXT_MARKER = /\n---(?=[ \t\r\n]|$)/g;
const NO_BREAK_SPACE = '\xa0';

/** The documents of a YAML or JSON text, or what is wrong with it. Empty documents are left out. */
export function readText(text: string, options: ReadTextOptions): ReadDocument[] | TextProblem {
  const documents: ReadDocument[] = [];
  const lines = new LineCount(text);
  const read: ReadOptions = { ...options, budget: new Budget() };
  let from = 0;
  try {
    while (from < text.length) {
      const part = partAt(text, from);
      for (const { value, offset } of readPart(text, from, part, read)) {
        if (value !== null) documents.push({ line: lines.at(offset), value });
      }
      from = part.end;
    }
  } catch (error) {
    if (error instanceof BrokenText) return problemOf(text, error);
    throw error;
  }
  return documents;
}

/** Where the content of the document at this place begins, and where the next document begins. */
function partAt(text: string, from: number): { start: number; end: number } {
  const hasMarker = text.startsWith(MARKER, from);
  const start = contentFrom(text, hasMarker ? from + MARKER.length : from);
  const end = nextMarker(text, Math.max(from, start - 1));
  // Directives end with the marker of their own document.
  const isDirective = !hasMarker && text.charAt(start) === '%';
  return { start, end: isDirective ? nextMarker(text, end) : end };
}

function nextMarker(text: string, from: number): number {
  NEXT_MARKER.lastIndex = from;
  const found = NEXT_MARKER.exec(text);
  return found ? found.index + 1 : text.length;
}

function readPart(
  text: string,
  from: number,
  { start, end }: { start: number; end: number },
  options: ReadOptions,
): ReadValue[] {
  if (start >= end) return [];
  const first = text.charAt(start);
  const json =
    first === '{' || first === '['
      ? shifted(start, () => readJson(text.slice(start, end), options))
      : undefined;
  return json ?? shifted(from, () => readYaml(text.slice(from, end), options));
}

function readYaml(text: string, options: ReadOptions): ReadValue[] {
  const odd = NOT_PRINTABLE.exec(text);
  if (odd) {
    const code = odd[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    throw new BrokenText(`holds the character U+${code}; write it as an escape`, odd.index);
  }
  const composer = new Composer(text, options);
  const found: ReadValue[] = [];
  for (let next = composer.next(); next; next = composer.next()) found.push(next);
  return found;
}

/** Shifts the places of a part to places of the whole text. */
function shifted<T extends ReadValue[] | undefined>(by: number, read: () => T): T {
  try {
    return read()?.map(({ value, offset }) => ({ value, offset: offset + by })) as T;
  } catch (error) {
    if (!(error instanceof BrokenText)) throw error;
    const { message, offset, earlier } = error;
    throw new BrokenText(message, offset + by, earlier === undefined ? earlier : earlier + by);
  }
}

function problemOf(text: string, { message, offset, earlier }: BrokenText): TextProblem {
  const { line, column } = placeOf(text, offset);
  const lineText = text.slice(offset - column + 1).split('\n', 1)[0] ?? '';
  const first = earlier === undefined ? '' : `, and first in line ${placeOf(text, earlier).line}`;
  const hint = lineText.includes(NO_BREAK_SPACE) ? '; the line has a no-break space' : '';
  return { line, column, message: `${message}${first}${hint}` };
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return { line: new LineCount(text).at(offset), column: offset - lineStart + 1 };
}

/** Counts the line numbers of places in ascending order. */
class LineCount {
  private line = 1;
  private nextBreak: number;

  constructor(private readonly text: string) {
    this.nextBreak = text.indexOf('\n');
  }

  at(offset: number): number {
    while (this.nextBreak >= 0 && this.nextBreak < offset) {
      this.line++;
      this.nextBreak = this.text.indexOf('\n', this.nextBreak + 1);
    }
    return this.line;
  }
}
