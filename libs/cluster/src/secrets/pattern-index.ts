import type { CanonicalText } from './canonical-text.js';

/** Units of the shortest pattern. */
export const LEAST_UNITS = 4;
/** Units of the longest one: longer values are found by pieces. */
export const MOST_UNITS = 64;

const FILTER_SIZE = 1 << 16;

/** What is known of a pattern. */
export interface Pattern {
  /** Bytes of the value that it gives away. */
  bytes: number;
  /** Units of the text, as it is written, that a match has at least. */
  leastSpan: number;
  /** Whether it is in base64. */
  isEncoded: boolean;
  /** For a piece of a longer value: whether it is the first one and the last one. */
  piece?: { isFirst: boolean; isLast: boolean };
}

/** Where a pattern was found, in units of the canonical text. */
export interface Match {
  length: number;
  pattern: Pattern;
}

/**
 * Finds many texts in another one, in time by the length of that one. Only hashes are kept (53 bits of Rabin-Karp), so that the memory of a pattern is small,
 * and the patterns themselves are nowhere.
 */
export class PatternIndex {
  /** Units that may lie between two pieces of one value. */
  mostGap = 0;
  private readonly patterns = new Map<number, Pattern>();
  /** The lengths of the patterns that begin with the same units, longest first. */
  private readonly lengths = new Map<number, number[]>();
  /** Which hashes of first units there are at all. */
  private readonly filter = new Uint8Array(FILTER_SIZE);

  get size(): number {
    return this.patterns.size;
  }

  /** Adds the units of a text from one to another, of which there are `LEAST_UNITS` to `MOST_UNITS`. What is known of a pattern first stays. */
  add(codes: Uint16Array, from: number, to: number, pattern: Pattern): void {
    const hashes = new Hashes(codes, from, to);
    const key = hashes.key(0, to - from);
    if (this.patterns.has(key)) return;
    this.patterns.set(key, pattern);
    const first = hashes.short(0);
    this.filter[slotOf(first)] = 1;
    const lengths = this.lengths.get(first);
    if (!lengths) this.lengths.set(first, [to - from]);
    else if (!lengths.includes(to - from)) {
      lengths.push(to - from);
      lengths.sort((a, b) => b - a);
    }
  }

  /** Finds the longest pattern at each place where there is one. */
  *find({ codes, length }: CanonicalText): Generator<Match & { at: number }, void> {
    const hashes = new Hashes(codes, 0, length);
    for (let at = 0; at + LEAST_UNITS <= length; at++) {
      const first = hashes.short(at);
      if (this.filter[slotOf(first)] === 0) continue;
      const match = this.longestAt(hashes, at, length, this.lengths.get(first));
      if (match) yield { at, ...match };
    }
  }

  private longestAt(
    hashes: Hashes,
    at: number,
    end: number,
    lengths: readonly number[] = [],
  ): Match | undefined {
    for (const length of lengths) {
      if (at + length > end) continue;
      const pattern = this.patterns.get(hashes.key(at, at + length));
      if (pattern) return { length, pattern };
    }
    return undefined;
  }
}

const [BASE_A, BASE_B] = [0x01000193, 0x5bd1e995];
const [POWERS_A, POWERS_B] = [powersOf(BASE_A), powersOf(BASE_B)];

function powersOf(base: number): Int32Array {
  const powers = new Int32Array(MOST_UNITS + 1).fill(1);
  for (let i = 1; i <= MOST_UNITS; i++) powers[i] = Math.imul(powers[i - 1]!, base);
  return powers;
}

/** The hashes of all parts of a text: polynomials modulo 2^32, to two bases. */
class Hashes {
  private readonly a: Int32Array;
  private readonly b: Int32Array;

  constructor(codes: Uint16Array, from: number, to: number) {
    this.a = new Int32Array(to - from + 1);
    this.b = new Int32Array(to - from + 1);
    for (let i = 0; i < to - from; i++) {
      const code = codes[from + i]! + 1;
      this.a[i + 1] = Math.imul(this.a[i]!, BASE_A) + code;
      this.b[i + 1] = Math.imul(this.b[i]!, BASE_B) + code;
    }
  }

  /** Of the first few units from a place on. */
  short(at: number): number {
    return this.partOf(this.a, POWERS_A, at, at + LEAST_UNITS);
  }

  key(from: number, to: number): number {
    const a = this.partOf(this.a, POWERS_A, from, to) >>> 0;
    const b = this.partOf(this.b, POWERS_B, from, to) >>> 11;
    return a * 2 ** 21 + b;
  }

  private partOf(hashes: Int32Array, powers: Int32Array, from: number, to: number): number {
    return (hashes[to]! - Math.imul(hashes[from]!, powers[to - from]!)) | 0;
  }
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 16)) & (FILTER_SIZE - 1);
}
