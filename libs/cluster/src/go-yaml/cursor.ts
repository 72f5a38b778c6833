import { BrokenText } from './broken-text.js';
import {
  CR,
  DASH,
  DOT,
  HASH,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  LF,
  LINE_SEPARATOR,
  PARAGRAPH_SEPARATOR,
} from './characters.js';

/**
 * A place in a text. The text ends with some NUL characters, so that looking ahead needs no bounds
 * check.
 */
export class Cursor {
  at = 0;
  /** Where the line begins. */
  lineStart = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = `${text}\0\0\0\0`;
  }

  get column(): number {
    return this.at - this.lineStart;
  }

  get code(): number {
    return this.text.charCodeAt(this.at);
  }

  ahead(count: number): number {
    return this.text.charCodeAt(this.at + count);
  }

  /**
   * Takes a line break. @returns its form in a value: a line feed for all but the two separators
   */
  readBreak(): string {
    const { code } = this;
    this.at += code === CR && this.ahead(1) === LF ? 2 : 1;
    this.lineStart = this.at;
    return code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR
      ? String.fromCharCode(code)
      : '\n';
  }

  skipBlanks(): void {
    while (isBlank(this.code)) this.at++;
  }

  /** Up to the end of the line. */
  skipComment(): void {
    if (this.code !== HASH) return;
    while (!isBreakOrEnd(this.code)) this.at++;
  }

  /** Takes the rest of a line: blanks, a comment and the line break. */
  skipRestOfLine(): void {
    this.skipBlanks();
    this.skipComment();
    if (!isBreakOrEnd(this.code)) this.fail('expected a comment or the end of the line');
    if (isBreak(this.code)) this.readBreak();
  }

  /** The match of a pattern with the flag `y` at this place, or "". */
  read(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [found = ''] = pattern.exec(this.text) ?? [];
    this.at += found.length;
    return found;
  }

  /** Whether a line begins here with `---` or `...`. */
  isAtMarker(): boolean {
    const { code } = this;
    return (
      (code === DASH || code === DOT) &&
      this.column === 0 &&
      this.ahead(1) === code &&
      this.ahead(2) === code &&
      isBlankOrEnd(this.ahead(3))
    );
  }

  fail(message: string, offset = this.at): never {
    throw new BrokenText(message, offset);
  }
}

/** Folds line breaks inside a scalar: one becomes a blank, several become one fewer. */
export function folded(first: string, others: string): string {
  if (first !== '\n') return first + others;
  return others === '' ? ' ' : others;
}
