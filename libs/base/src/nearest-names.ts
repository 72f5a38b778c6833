import { atOnce, type Steps } from './steps.js';

const MAX_NAMES = 3;

/**
 * Characters of a name that may be misspelt: a longer one is not a name that somebody has typed.
 */
const MAX_LENGTH = 253;

/** Characters of names that one search looks at. */
const MAX_CHARS = 10_000_000;

/** Edits that one search may try: some tens of milliseconds. */
const MAX_EDITS = 3_000_000;

/** Names after which there may be a pause, and those which are compared. */
const NAMES_PER_STEP = 1_000;
const COMPARED_PER_STEP = 100;

/** The names most like a misspelt one, best first, at most three. Case does not matter. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  const candidates = names
    .filter((name) => name.length <= 2 * MAX_LENGTH)
    .map((name) => ({ name, spellings: [name.toLowerCase()] }));
  return atOnce(nearestBySpelling(wanted, candidates)).map(({ name }) => name);
}

/** What an error says of the nearest names, as a sentence with a space before it; "" for none. */
export function nearestHint(names: readonly string[]): string {
  return names.length > 0 ? ` Nearest: ${names.join(', ')}.` : '';
}

/**
 * As `nearestNames`, in steps, of things that go by several names. Of very many or very long ones,
 * which a cluster or a repository may have, only as many are compared as can be at once.
 * @param candidates each with all of its spellings, in lower case
 */
export function* nearestBySpelling<T extends { spellings: readonly string[] }>(
  wanted: string,
  candidates: readonly T[],
): Steps<T[]> {
  if (wanted.length > MAX_LENGTH) return [];
  const name = wanted.toLowerCase();
  const limit = Math.max(1, Math.floor(name.length / 3));
  const pairs: { index: number; middle: Middle; edits: number }[] = [];
  let left = MAX_CHARS;
  for (const [index, { spellings }] of candidates.entries()) {
    for (const spelling of spellings) {
      if (Math.abs(spelling.length - name.length) > limit) continue;
      const middle = middleOf(name, spelling);
      pairs.push({ index, middle, edits: middle[0].length * middle[1].length });
    }
    left -= name.length;
    if (left <= 0) break;
    if (index % NAMES_PER_STEP === 0) yield;
  }
  // Those that are alike for the most part are compared quickly, and first.
  pairs.sort((a, b) => a.edits - b.edits);
  left = MAX_EDITS;
  const near = new Map<number, number>();
  for (const [at, { index, middle, edits }] of pairs.entries()) {
    left -= edits;
    if (left <= 0) break;
    const apart = distance(...middle);
    if (apart <= Math.min(limit, near.get(index) ?? limit)) near.set(index, apart);
    if (at % COMPARED_PER_STEP === 0) yield;
  }
  return [...near]
    .sort(([a, editsA], [b, editsB]) => editsA - editsB || a - b)
    .slice(0, MAX_NAMES)
    .map(([index]) => candidates[index]!);
}

/** What is left of two words without the beginning and the end that they share. */
type Middle = [string, string];

function middleOf(a: string, b: string): Middle {
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) start++;
  let end = 0;
  while (end < least - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

/**
 * Edits (insert, delete, replace, swap neighbours) that turn one word into the other: optimal
 * string alignment distance.
 */
export function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replace, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, beforeLast[j - 2]! + 1);
      }
      row.push(least);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
