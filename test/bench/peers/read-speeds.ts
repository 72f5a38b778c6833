import { latencyOf, median } from '../measure.js';
import { treeSecondsOf } from './process-tree.js';
import type { Subjects } from './subjects.js';

/** How many calls run at a time. */
export const CONCURRENCIES = [1, 8, 32] as const;
const MOST = 32;

const SMALL_NAMESPACE = 'billing';
const ROUNDS = 2;
const SECONDS = 2;
/** Until then V8 still compiles, on a core that the API server could use. */
const WARM_UP = { calls: 5_000, seconds: 6 };
const LARGE_CALLS = 5;

/** What the reads of one caller took. */
export interface ReadSpeed {
  name: string;
  /** Milliseconds of one call at a time, each another. */
  p50: number;
  p99: number;
  /** Calls a second, by how many run at a time. */
  same: number[];
  another: number[];
  /** Milliseconds of CPU that the server takes for a call; none for the API server. */
  cpuMs?: number;
  /** Milliseconds for the pods of the large namespace; none where the call fails. */
  largeP50?: number;
}

interface Sample {
  calls: number;
  seconds: number;
  cpuSeconds: number;
  latencies: number[];
}

type Call = () => Promise<unknown>;

/** Calls for some time, with so many under way. */
async function sample(
  call: Call,
  { concurrency, seconds, calls = Infinity, pid }: SampleOptions,
): Promise<Sample> {
  const latencies: number[] = [];
  const cpuBefore = pid === undefined ? 0 : treeSecondsOf(pid);
  const startedAt = performance.now();
  const deadline = startedAt + seconds * 1_000;
  const work = async () => {
    for (let now = startedAt; now < deadline && latencies.length < calls;) {
      await call();
      const before = now;
      now = performance.now();
      latencies.push(now - before);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return {
    calls: latencies.length,
    seconds: (performance.now() - startedAt) / 1_000,
    cpuSeconds: pid === undefined ? 0 : treeSecondsOf(pid) - cpuBefore,
    latencies,
  };
}

interface SampleOptions {
  concurrency: number;
  seconds: number;
  calls?: number;
  pid?: number;
}

/**
 * Measures the reads of each caller in turn, several times over, so that all of them see the same
 * machine. Each round begins with another one.
 */
export async function readSpeeds(
  { callers }: Subjects,
  largeNamespace: string,
): Promise<ReadSpeed[]> {
  // All pods are selected, each time in other words: no two calls can be one request.
  let calls = 0;
  const selector = () => `bench!=${calls++}`;
  for (const caller of callers) {
    await sample(caller.pods(SMALL_NAMESPACE, selector), { concurrency: MOST, ...WARM_UP });
  }
  const cells = CONCURRENCIES.flatMap((concurrency) =>
    [undefined, selector].map((each) => ({ concurrency, each })),
  );
  const samples = callers.map(() => cells.map((): Sample[] => []));
  const large = callers.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [cell, { concurrency, each }] of cells.entries()) {
      for (let place = 0; place < callers.length; place++) {
        const index = (round + place) % callers.length;
        const caller = callers[index]!;
        const options = { concurrency, seconds: SECONDS, pid: caller.pid };
        samples[index]![cell]!.push(await sample(caller.pods(SMALL_NAMESPACE, each), options));
      }
    }
    for (const [index, caller] of callers.entries()) {
      const read = latencyOf(caller.pods(largeNamespace), LARGE_CALLS);
      const p50 = await read.then((latency) => latency.p50).catch(told);
      if (p50 !== undefined) large[index]!.push(p50);
    }
  }
  return callers.map(({ name, pid }, index) => {
    const of = (concurrency: number, isSame: boolean) =>
      samples[index]![
        cells.findIndex((cell) => cell.concurrency === concurrency && !cell.each === isSame)
      ]!;
    const times = of(1, false)
      .flatMap(({ latencies }) => latencies)
      .sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? NaN;
    return {
      name,
      p50: at(0.5),
      p99: at(0.99),
      same: CONCURRENCIES.map((concurrency) => rateOf(of(concurrency, true))),
      another: CONCURRENCIES.map((concurrency) => rateOf(of(concurrency, false))),
      cpuMs: pid === undefined ? undefined : cpuMsOf(of(MOST, false)),
      largeP50: large[index]!.length > 0 ? median(large[index]!) : undefined,
    };
  });
}

/** A server may not be made for so much. */
function told(error: unknown): undefined {
  process.stderr.write(`${String(error)}\n`);
}

/** Calls a second over all rounds, those included in which a process collected its garbage. */
function rateOf(samples: Sample[]): number {
  return sumOf(samples, 'calls') / sumOf(samples, 'seconds');
}

function cpuMsOf(samples: Sample[]): number {
  return (sumOf(samples, 'cpuSeconds') / sumOf(samples, 'calls')) * 1_000;
}

function sumOf(samples: Sample[], key: 'calls' | 'seconds' | 'cpuSeconds'): number {
  return samples.reduce((sum, each) => sum + each[key], 0);
}
