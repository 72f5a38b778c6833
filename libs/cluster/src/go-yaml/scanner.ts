import { scanBlockScalar } from './block-scalar.js';
import {
  AMPERSAND,
  ASTERISK,
  BYTE_ORDER_MARK,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DASH,
  DOUBLE_QUOTE,
  END,
  EXCLAMATION,
  GREATER,
  isBlank,
  isBlankOrEnd,
  isBreak,
  OPEN_BRACE,
  OPEN_BRACKET,
  PERCENT,
  PIPE,
  QUESTION,
  SINGLE_QUOTE,
  SPACE,
  TAB,
} from './characters.js';
import { Cursor } from './cursor.js';
import { scanPlain, startsPlain } from './plain-scalar.js';
import { scanDirective, scanName, scanTag } from './properties.js';
import { scanQuoted } from './quoted-scalar.js';
import { TokenQueue, type Mark, type SimpleKey, type Token } from './tokens.js';

/** Characters that a key without `?` may have, up to its colon. */
const MAX_KEY_LENGTH = 1_024;

/**
 * The tokens of a YAML text, by the rules of go-yaml v2 (scannerc.go, after libyaml). Unlike in
 * YAML 1.2, lines in quotes and brackets may have any indentation.
 */
export class Scanner {
  private readonly cursor: Cursor;
  private readonly tokens = new TokenQueue();
  private isReady = false;
  /** The column of the present block; -1 outside of all. */
  private indent = -1;
  private readonly indents: number[] = [];
  private isKeyAllowed = true;
  /** The possible key of the surrounding block, then of each open bracket. */
  private readonly keys: (SimpleKey | undefined)[] = [undefined];
  private readonly keyLevels = new Map<number, number>();

  constructor(text: string) {
    this.cursor = new Cursor(text);
  }

  peek(): Token {
    while (!this.isReady) {
      if (!this.tokens.isEmpty && !this.mayBeKey(this.tokens.firstNumber)) this.isReady = true;
      else this.fetch();
    }
    return this.tokens.peek();
  }

  next(): Token {
    const token = this.peek();
    this.tokens.shift();
    this.isReady = false;
    return token;
  }

  private get inFlow(): boolean {
    return this.keys.length > 1;
  }

  /**
   * Whether a token may still turn out to be the beginning of a key, which then comes before it.
   */
  private mayBeKey(number: number): boolean {
    const level = this.keyLevels.get(number);
    return level !== undefined && this.validKey(level) !== undefined;
  }

  private validKey(level: number): SimpleKey | undefined {
    const key = this.keys[level];
    const { lineStart, at } = this.cursor;
    if (!key || (key.lineStart === lineStart && key.offset + MAX_KEY_LENGTH >= at)) return key;
    this.dropKey(level);
    return undefined;
  }

  private dropKey(level = this.keys.length - 1): void {
    const key = this.keys[level];
    if (!key) return;
    if (key.isRequired) this.cursor.fail('expected a colon after this key', key.offset);
    this.forgetKey(level, key);
  }

  private forgetKey(level: number, { tokenNumber }: SimpleKey): void {
    this.keys[level] = undefined;
    this.keyLevels.delete(tokenNumber);
  }

  private saveKey(): void {
    if (!this.isKeyAllowed) return;
    const { at: offset, lineStart, column } = this.cursor;
    this.dropKey();
    const level = this.keys.length - 1;
    const tokenNumber = this.tokens.nextNumber;
    const isRequired = !this.inFlow && this.indent === column;
    this.keys[level] = { isRequired, tokenNumber, offset, lineStart };
    this.keyLevels.set(tokenNumber, level);
  }

  private fetch(): void {
    this.skipToToken();
    const { cursor } = this;
    this.closeBlocks(cursor.column);
    const { code } = cursor;
    if (code === END) return this.fetchEnd();
    if (code === PERCENT && cursor.column === 0) return this.fetchDirective();
    if (cursor.isAtMarker()) return this.fetchMarker(code === DASH);
    switch (code) {
      case OPEN_BRACKET:
        return this.openFlow('[');
      case OPEN_BRACE:
        return this.openFlow('{');
      case CLOSE_BRACKET:
        return this.closeFlow(']');
      case CLOSE_BRACE:
        return this.closeFlow('}');
      case COMMA:
        this.dropKey();
        this.isKeyAllowed = true;
        return this.pushMark(',', 1);
      case ASTERISK:
      case AMPERSAND:
        return this.fetchNode((offset) => {
          const type = code === ASTERISK ? 'alias' : 'anchor';
          return { type, offset, name: scanName(cursor) };
        });
      case EXCLAMATION:
        return this.fetchNode((offset) => ({ type: 'tag', offset, ...scanTag(cursor) }));
      case SINGLE_QUOTE:
      case DOUBLE_QUOTE:
        return this.fetchNode((offset) => {
          return { type: 'scalar', offset, text: scanQuoted(cursor), isPlain: false };
        });
    }
    if (!this.inFlow && (code === PIPE || code === GREATER)) return this.fetchBlockScalar();
    if (isBlankOrEnd(cursor.ahead(1)) || this.inFlow) {
      if (code === DASH && isBlankOrEnd(cursor.ahead(1))) return this.fetchEntry('-');
      if (code === QUESTION) return this.fetchEntry('?');
      if (code === COLON) return this.fetchColon();
    }
    if (!startsPlain(cursor, this.inFlow)) {
      cursor.fail(
        isBlank(code)
          ? 'the line is indented with a tab; use spaces'
          : 'text that begins with this character needs quotes',
      );
    }
    this.fetchNode((offset) => {
      const [text, isBeforeBreak] = scanPlain(cursor, this.indent, this.inFlow);
      this.isKeyAllowed = isBeforeBreak;
      return { type: 'scalar', offset, text, isPlain: true };
    });
  }

  private get mayHaveTabs(): boolean {
    return this.inFlow || !this.isKeyAllowed;
  }

  private skipToToken(): void {
    const { cursor } = this;
    for (;;) {
      if (cursor.column === 0 && cursor.code === BYTE_ORDER_MARK) {
        cursor.at++;
        cursor.lineStart = cursor.at;
      }
      while (cursor.code === SPACE || (cursor.code === TAB && this.mayHaveTabs)) cursor.at++;
      cursor.skipComment();
      if (!isBreak(cursor.code)) return;
      cursor.readBreak();
      if (!this.inFlow) this.isKeyAllowed = true;
    }
  }

  private openBlock(type: 'list' | 'map', column: number, offset: number, number?: number): void {
    if (this.inFlow || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    if (number === undefined) this.tokens.push({ type, offset });
    else this.tokens.insert({ type, offset }, number);
  }

  private closeBlocks(column: number): void {
    if (this.inFlow) return;
    while (this.indent > column) {
      this.tokens.push({ type: 'block-end', offset: this.cursor.at });
      this.indent = this.indents.pop()!;
    }
  }

  private pushMark(type: Mark, length: number): void {
    this.tokens.push({ type, offset: this.cursor.at });
    this.cursor.at += length;
  }

  private endBlocks(): void {
    this.closeBlocks(-1);
    this.dropKey();
    this.isKeyAllowed = false;
  }

  private fetchEnd(): void {
    // As if on a line of its own: no key goes on here.
    this.cursor.lineStart = this.cursor.at;
    this.endBlocks();
    this.pushMark('end', 0);
  }

  private fetchDirective(): void {
    this.endBlocks();
    const offset = this.cursor.at;
    this.tokens.push({ type: 'directive', offset, definition: scanDirective(this.cursor) });
  }

  private fetchMarker(isStart: boolean): void {
    this.endBlocks();
    this.pushMark(isStart ? 'document-start' : 'document-end', 3);
  }

  private openFlow(type: '[' | '{'): void {
    this.saveKey();
    this.keys.push(undefined);
    this.isKeyAllowed = true;
    this.pushMark(type, 1);
  }

  private closeFlow(type: ']' | '}'): void {
    this.dropKey();
    if (this.inFlow) this.keys.pop();
    this.isKeyAllowed = false;
    this.pushMark(type, 1);
  }

  /** An entry of a list, or a key that is marked as one. */
  private fetchEntry(type: '-' | '?'): void {
    const { cursor } = this;
    if (!this.inFlow) {
      if (!this.isKeyAllowed) {
        const what = type === '-' ? 'an entry of a list' : 'a key';
        cursor.fail(`${what} cannot begin here; begin it on a line of its own`);
      }
      this.openBlock(type === '-' ? 'list' : 'map', cursor.column, cursor.at);
    }
    this.dropKey();
    this.isKeyAllowed = type === '-' || !this.inFlow;
    this.pushMark(type, 1);
  }

  private fetchColon(): void {
    const { cursor } = this;
    const level = this.keys.length - 1;
    const key = this.validKey(level);
    if (key) {
      const { offset, tokenNumber, lineStart } = key;
      this.tokens.insert({ type: '?', offset }, tokenNumber);
      this.openBlock('map', offset - lineStart, offset, tokenNumber);
      this.forgetKey(level, key);
      this.isKeyAllowed = false;
    } else {
      if (!this.inFlow) {
        if (!this.isKeyAllowed) {
          cursor.fail(
            'a second colon in one line, or a key that is indented wrongly; text with ": " in it needs quotes',
          );
        }
        this.openBlock('map', cursor.column, cursor.at);
      }
      this.isKeyAllowed = !this.inFlow;
    }
    this.pushMark(':', 1);
  }

  private fetchNode(scan: (offset: number) => Token): void {
    this.saveKey();
    this.isKeyAllowed = false;
    this.tokens.push(scan(this.cursor.at));
  }

  private fetchBlockScalar(): void {
    this.dropKey();
    this.isKeyAllowed = true;
    const { cursor } = this;
    const offset = cursor.at;
    const text = scanBlockScalar(cursor, this.indent, cursor.code === PIPE);
    this.tokens.push({ type: 'scalar', offset, text, isPlain: false });
  }
}
