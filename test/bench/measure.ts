/** What one kind of call took: median and 95th percentile in milliseconds, one call at a time. */
export interface Latency {
  p50: number;
  p95: number;
}

/** Times `count` calls, one after another, after some that warm up. */
export async function latencyOf(call: () => Promise<unknown>, count: number): Promise<Latency> {
  for (let warmUp = 0; warmUp < Math.min(count, 50); warmUp++) await call();
  const times: number[] = [];
  for (let done = 0; done < count; done++) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Calls a second, with so many under way at a time. */
export async function throughputOf(
  call: () => Promise<unknown>,
  { count, concurrency }: { count: number; concurrency: number },
): Promise<number> {
  let left = count;
  const work = async () => {
    while (left-- > 0) await call();
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, work));
  return count / ((performance.now() - startedAt) / 1_000);
}

/** The middle of some figures: one noisy run does not decide. */
export function median(figures: number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
}
