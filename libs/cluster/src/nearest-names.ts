const MOST = 3;

/** The names most like a misspelt one, best first, at most three. Case does not matter. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  const candidates = names.map((name) => ({ name, spellings: [name.toLowerCase()] }));
  return nearestBySpelling(wanted, candidates).map(({ name }) => name);
}

/** What an error says of the nearest names, as a sentence with a space before it; "" for none. */
export function nearestHint(names: readonly string[]): string {
  return names.length > 0 ? ` Nearest: ${names.join(', ')}.` : '';
}

/**
 * As `nearestNames`, of things that go by several names.
 * @param candidates each with all of its spellings, in lower case
 */
export function nearestBySpelling<T extends { spellings: readonly string[] }>(
  wanted: string,
  candidates: readonly T[],
): T[] {
  const name = wanted.toLowerCase();
  const limit = Math.max(1, Math.floor(name.length / 3));
  return candidates
    .map((candidate) => ({
      candidate,
      distance: Math.min(...candidate.spellings.map((spelling) => distance(name, spelling))),
    }))
    .filter((entry) => entry.distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ candidate }) => candidate);
}

/** Edits (insert, delete, replace, swap neighbours) that turn one word into the other: optimal string alignment distance. */
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
