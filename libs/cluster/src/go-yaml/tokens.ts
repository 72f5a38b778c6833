import type { TagText } from './properties.js';

/** A piece of YAML, as its scanner gives it. */
export type Token = {
  /** The character that it begins at. */
  offset: number;
} & (
  | { type: Mark }
  | { type: 'scalar'; text: string; isPlain: boolean }
  | { type: 'anchor' | 'alias'; name: string }
  | ({ type: 'tag' } & TagText)
  | { type: 'directive'; definition: { handle: string; prefix: string } | undefined }
);

export type Mark =
  | 'document-start'
  | 'document-end'
  | 'end'
  | 'list'
  | 'map'
  | 'block-end'
  | '['
  | ']'
  | '{'
  | '}'
  | ','
  | '-'
  | '?'
  | ':';

/** A place where a key may begin. Only a later colon shows whether it is one. */
export interface SimpleKey {
  /** Whether it must be a key, because nothing else may stand there. */
  isRequired: boolean;
  tokenNumber: number;
  offset: number;
  lineStart: number;
}

/** Tokens in order. A token can still be inserted before others. */
export class TokenQueue {
  private tokens: (Token | undefined)[] = [];
  private head = 0;
  /** The number of the first token, counted from the start of the text. */
  private first = 0;

  get isEmpty(): boolean {
    return this.head === this.tokens.length;
  }

  /** The number that the next token at the end gets. */
  get nextNumber(): number {
    return this.first + this.tokens.length - this.head;
  }

  get firstNumber(): number {
    return this.first;
  }

  peek(): Token {
    return this.tokens[this.head]!;
  }

  shift(): void {
    this.tokens[this.head++] = undefined;
    this.first++;
    if (this.head === this.tokens.length) {
      this.tokens = [];
      this.head = 0;
    }
  }

  push(token: Token): void {
    this.tokens.push(token);
  }

  /** Puts a token before the one of a number. */
  insert(token: Token, number: number): void {
    this.tokens.splice(this.head + number - this.first, 0, token);
  }
}
