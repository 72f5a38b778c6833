import { redacted } from './redact.js';
import { canonicalText, type CanonicalText } from './canonical-text.js';
import { MAX_UNITS, type Pattern, type PatternIndex } from './pattern-index.js';

/**
 * Characters that are looked at on both sides of a match: for the name that it stands in, and for
 * the rest of its word.
 */
const MAX_AROUND = 256;
/**
 * Characters of base64 after a match that may still be of the value: its last group, twice encoded,
 * and padding.
 */
const MAX_ENCODED_AFTER = 12;
/** Characters that one unit has at most, of those that are common where text is escaped. */
const MAX_CHARS_A_UNIT = 3;

const NAME_CHARACTER = /[A-Za-z0-9._-]/;
const WORD_CHARACTER = /[^\s"'`,;[\]{}()<>|]/;
const BASE64_CHARACTER = /[A-Za-z0-9+/=_-]/;

/**
 * A part of the text that gives a value away. One that goes on from what was given already begins
 * before the text.
 */
interface Part {
  from: number;
  to: number;
  bytes: number;
  /** Whether the value goes on: its last piece has not been seen. */
  isOpen: boolean;
}

/** What is looked for, and what is let through all the same. */
export interface Sought {
  /** Whether there is nothing to look for. */
  readonly isEmpty: boolean;
  readonly index: PatternIndex;
  readonly names: ReadonlySet<string>;
}

/**
 * Replaces values in a text that comes in pieces. A possible beginning of a value is held back
 * until it is decided, so that a value cut in two does not get through.
 */
export class ValueRedactor {
  /** The latest text. Part of it is given already and only kept as context. */
  private text = '';
  /** How much of it was given, as it is or as its replacement. */
  private given = 0;
  /** The value that was replaced last, if it may go on. */
  private open: Part | undefined;

  constructor(private readonly sought: Sought) {}

  /** Takes a piece. @returns what can be given of all so far */
  push(piece: string): string {
    this.text += piece;
    if (this.sought.isEmpty) return this.giveUntil(this.text.length, []);
    const canonical = canonicalText(this.text);
    const heldBack = MAX_UNITS + this.sought.index.mostGap + MAX_AROUND;
    const unit = canonical.length - heldBack;
    return unit > 0 ? this.giveUntil(canonical.starts[unit]!, this.parts(canonical)) : '';
  }

  /** @returns what is left. Another text may follow. */
  end(): string {
    const parts = this.sought.isEmpty ? [] : this.parts(canonicalText(this.text));
    const rest = this.giveUntil(this.text.length, parts);
    this.text = '';
    this.given = 0;
    this.open = undefined;
    return rest;
  }

  private parts(canonical: CanonicalText): Part[] {
    const { starts, ends } = canonical;
    const { index } = this.sought;
    const parts: Part[] = [];
    let last: Part | undefined = this.open && { ...this.open, from: -1, to: this.given };
    let nameEnd = 0;
    for (const { at, length, pattern } of index.find(canonical)) {
      const [from, end] = [starts[at]!, ends[at + length - 1]!];
      if (end <= Math.max(this.given, nameEnd) || end - from < pattern.leastSpan) continue;
      const { piece } = pattern;
      const isEnd = !piece || piece.isLast;
      const to = isEnd && pattern.isEncoded ? this.encodedEnd(end) : end;
      if (last && this.goesOn(last, from, pattern)) {
        last.to = Math.max(last.to, to);
        if (piece) last.isOpen = !piece.isLast;
        continue;
      }
      nameEnd = this.nameEnd(from, end, pattern);
      if (nameEnd > 0) continue;
      if (last) parts.push(this.closed(last));
      const free = from - Math.max(this.given, last?.to ?? 0);
      const isWithin = piece && !piece.isFirst;
      const start = isWithin ? this.before(from, WORD_CHARACTER, Math.min(this.reach, free)) : from;
      last = { from: start, to, bytes: pattern.bytes, isOpen: !isEnd };
    }
    if (last) parts.push(this.closed(last));
    return parts;
  }

  /**
   * Whether a match is of the same part of the text: it overlaps, or is a later piece, or stands in
   * the same word as one that is cut.
   */
  private goesOn({ to, isOpen }: Part, from: number, { piece }: Pattern): boolean {
    if (from <= to) return true;
    if (!isOpen) return false;
    const mayFollow = piece && !piece.isFirst;
    if (mayFollow && from - to <= this.sought.index.mostGap * MAX_CHARS_A_UNIT) return true;
    return this.after(to, WORD_CHARACTER, Math.min(this.reach, from - to)) === from;
  }

  /**
   * Where a name ends that is the match, or that the match stands in: it is known without the
   * value. 0 if there is none.
   */
  private nameEnd(from: number, to: number, { isEncoded, piece }: Pattern): number {
    const { names } = this.sought;
    if (names.size === 0 || isEncoded || piece) return 0;
    if (names.has(this.text.slice(from, to))) return to;
    const end = this.after(to, NAME_CHARACTER, MAX_AROUND);
    const start = this.before(from, NAME_CHARACTER, MAX_AROUND);
    return names.has(this.text.slice(start, end)) ? end : 0;
  }

  /** A value whose end was not seen, as it was cut, is taken to end with its word. */
  private closed(part: Part): Part {
    return part.isOpen ? { ...part, to: this.after(part.to, WORD_CHARACTER, this.reach) } : part;
  }

  /** Characters of a word that may be of the value on each side of what was found of it. */
  private get reach(): number {
    return Math.max(MAX_AROUND, this.sought.index.mostGap);
  }

  private encodedEnd(end: number): number {
    return this.after(end, BASE64_CHARACTER, MAX_ENCODED_AFTER);
  }

  private before(from: number, character: RegExp, most: number): number {
    let at = from;
    while (at > 0 && from - at < most && character.test(this.text[at - 1]!)) at--;
    return at;
  }

  private after(to: number, character: RegExp, most: number): number {
    let at = to;
    while (at < this.text.length && at - to < most && character.test(this.text[at]!)) at++;
    return at;
  }

  private giveUntil(end: number, parts: readonly Part[]): string {
    let out = '';
    let last: Part | undefined;
    for (const part of parts) {
      if (part.from >= end) break;
      last = part;
      if (part.to <= this.given) continue;
      if (part.from >= this.given) {
        out += this.text.slice(this.given, part.from) + redacted(part.bytes);
      }
      this.given = part.to;
    }
    if (end > this.given) {
      out += this.text.slice(this.given, end);
      this.given = end;
    }
    this.open = last?.isOpen && last.to >= end ? last : undefined;
    const kept = Math.max(0, Math.min(end, this.given) - MAX_AROUND);
    this.text = this.text.slice(kept);
    this.given -= kept;
    return out;
  }
}
