import type { Steps } from '#base';

/** Items that are sorted at once. */
const RUN = 1_000;

/** Sorts in steps (a merge sort), and keeps the order of equal items. */
export function* sortSteps<T>(items: readonly T[], compare: (a: T, b: T) => number): Steps<T[]> {
  let runs: T[][] = [];
  for (let start = 0; start < items.length; start += RUN) {
    runs.push(items.slice(start, start + RUN).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      const other = runs[index + 1];
      merged.push(other ? yield* merge(runs[index]!, other, compare) : runs[index]!);
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
): Steps<T[]> {
  const merged: T[] = [];
  let taken = 0;
  for (const item of left) {
    while (taken < right.length && compare(right[taken]!, item) < 0) {
      merged.push(right[taken++]!);
      if (merged.length % RUN === 0) yield;
    }
    merged.push(item);
    if (merged.length % RUN === 0) yield;
  }
  while (taken < right.length) merged.push(right[taken++]!);
  return merged;
}
