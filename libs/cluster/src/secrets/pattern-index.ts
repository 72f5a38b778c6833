import type { CanonicalText } from './canonical-text.js';

/** Units of the shortest pattern. */
export const LEAST_UNITS = 4;
/** Units of the longest one: longer values are found by pieces. */
export const MAX_UNITS = 64;

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

/** Lengths of patterns, the longest first. */
type Lengths = readonly number[];

/** Where a pattern was found, in units of the canonical text. */
export interface Match {
  length: number;
  pattern: Pattern;
}

/**
 * Finds many patterns in a text, in time linear in the length of the text. Only hashes are kept (53
 * bits, Rabin-Karp), so that a pattern needs little memory and is not stored itself.
 */
export class PatternIndex {
  /** Units that may lie between two pieces of one value. */
  mostGap = 0;
  private readonly patterns = new Map<number, Pattern>();
  /** The lengths of the patterns that begin with the same units. */
  private readonly lengths = new Map<number, Lengths>();
  /** A filter of the hashes of first units. */
  private readonly filter = new Uint8Array(FILTER_SIZE);
  /** Each distinct set of lengths, once, because there are few. */
  private readonly lengthSets = new Map<string, Lengths>();

  get size(): number {
    return this.patterns.size;
  }

  /**
   * Adds a part of a text, of `LEAST_UNITS` to `MAX_UNITS`. What is known of a pattern first
   * stays.
   */
  add(text: string, from: number, to: number, pattern: Pattern): void {
    const key = keyOf(hashOf(text, from, to, BASE_A), hashOf(text, from, to, BASE_B));
    if (this.patterns.has(key)) return;
    this.patterns.set(key, pattern);
    const first = firstOf(hashOf(text, from, from + LEAST_UNITS, BASE_A));
    this.filter[first % FILTER_SIZE] = 1;
    const known = this.lengths.get(first) ?? [];
    if (!known.includes(to - from)) this.lengths.set(first, this.lengthSet(known, to - from));
  }

  /** Finds the longest pattern at each place where there is one. */
  *find({ codes, length }: CanonicalText): Generator<Match & { at: number }, void> {
    const hashes = new Hashes(codes, length);
    for (let at = 0; at + LEAST_UNITS <= length; at++) {
      const first = hashes.first(at);
      if (this.filter[first % FILTER_SIZE] === 0) continue;
      const match = this.longestAt(hashes, at, length, this.lengths.get(first));
      if (match) yield { at, ...match };
    }
  }

  private longestAt(
    hashes: Hashes,
    at: number,
    end: number,
    lengths: Lengths = [],
  ): Match | undefined {
    for (const length of lengths) {
      if (at + length > end) continue;
      const pattern = this.patterns.get(hashes.key(at, at + length));
      if (pattern) return { length, pattern };
    }
    return undefined;
  }

  private lengthSet(known: Lengths, length: number): Lengths {
    const lengths = [...known, length].sort((a, b) => b - a);
    const name = lengths.join();
    const same = this.lengthSets.get(name);
    if (same) return same;
    this.lengthSets.set(name, lengths);
    return lengths;
  }
}

const [BASE_A, BASE_B] = [0x01000193, 0x5bd1e995];
const [POWERS_A, POWERS_B] = [powersOf(BASE_A), powersOf(BASE_B)];

function powersOf(base: number): Int32Array {
  const powers = new Int32Array(MAX_UNITS + 1).fill(1);
  for (let i = 1; i <= MAX_UNITS; i++) powers[i] = Math.imul(powers[i - 1]!, base);
  return powers;
}

/** The hashes of all parts of a text: polynomials modulo 2^32, to two bases. */
class Hashes {
  private readonly a: Int32Array;
  private readonly b: Int32Array;

  constructor(codes: Uint16Array, length: number) {
    this.a = new Int32Array(length + 1);
    this.b = new Int32Array(length + 1);
    for (let at = 0; at < length; at++) {
      this.a[at + 1] = next(this.a[at]!, BASE_A, codes[at]!);
      this.b[at + 1] = next(this.b[at]!, BASE_B, codes[at]!);
    }
  }

  /** Of the first few units from a place on. */
  first(at: number): number {
    return firstOf(partOf(this.a, POWERS_A, at, at + LEAST_UNITS));
  }

  key(from: number, to: number): number {
    return keyOf(partOf(this.a, POWERS_A, from, to), partOf(this.b, POWERS_B, from, to));
  }
}

function partOf(hashes: Int32Array, powers: Int32Array, from: number, to: number): number {
  return (hashes[to]! - Math.imul(hashes[from]!, powers[to - from]!)) | 0;
}

function hashOf(text: string, from: number, to: number, base: number): number {
  let hash = 0;
  for (let at = from; at < to; at++) hash = next(hash, base, text.charCodeAt(at));
  return hash;
}

function next(hash: number, base: number, code: number): number {
  return (Math.imul(hash, base) + code + 1) | 0;
}

function keyOf(a: number, b: number): number {
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

/** 30 bits, which V8 stores without allocating an object. */
function firstOf(hash: number): number {
  return hash >>> 2;
}
