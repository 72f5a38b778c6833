import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '#sandbox';
import { memoryOf } from '../support/process-state.js';
import { benchFields } from './field-reads.js';
import { modernCaller, rawCaller, restCaller, sessionCaller, type Caller } from './callers.js';
import { fillNamespace } from './many-pods.js';
import { latencyOf, median, throughputOf } from './measure.js';
import { printTable } from './print-table.js';
import { startServer } from './server.js';

const SMALL_NAMESPACE = 'billing';
const LARGE_NAMESPACE = 'bench';
const PODS = 2_000;
const CONCURRENCY = 32;
/**
 * Many short rounds, as the machine may change its pace within seconds; as many with each caller at
 * each place.
 */
const ROUNDS = 12;
/**
 * Calls of each caller before anything is measured: until then V8 still compiles, on a core that
 * the API server could use.
 */
const WARM_UP_CALLS = 5_000;
/** After so many milliseconds nothing goes on any more, neither in the sandbox nor in a server. */
const SETTLE_MS = 6_000;

/**
 * Measures each caller in turn, several times over, so that all of them see the same machine. Each
 * round begins with another one: the API server collects its garbage about every second time, which
 * would else hit the same ones again and again.
 */
async function eachRound(
  callers: Caller[],
  measure: (caller: Caller) => Promise<number>,
): Promise<number[][]> {
  const rounds = callers.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (let place = 0; place < callers.length; place++) {
      const index = (round + place) % callers.length;
      rounds[index]?.push(await measure(callers[index]!));
    }
  }
  return rounds;
}

/**
 * Calls a second over all rounds of as many calls: no median, for it would leave out rounds in
 * which a process collects its garbage.
 */
function overall(rounds: number[]): number {
  return rounds.length / rounds.reduce((sum, perSecond) => sum + 1 / perSecond, 0);
}

/**
 * Measures reading beside the raw API server, and what the server itself takes: from its start to
 * after many large answers.
 */
export async function benchReads(sandbox: Sandbox): Promise<void> {
  await sleep(SETTLE_MS);
  const startedAt = performance.now();
  // The answers must hold all that the API server sends.
  const server = await startServer(sandbox, 'reads', { MAX_OUTPUT_CHARS: '1000000' });
  const readyMs = performance.now() - startedAt;
  try {
    await sleep(SETTLE_MS);
    const idleMb = memoryOf(server.pid);
    await fillNamespace(sandbox, LARGE_NAMESPACE, PODS);
    await sleep(SETTLE_MS);
    await measureCallers(sandbox.kubeconfig, server.url);
    await benchFields({ kubeconfig: sandbox.kubeconfig, server, namespace: LARGE_NAMESPACE });
    printTable(
      ['server', 'figure', 'goal'],
      [
        ['ready after its start', `${readyMs.toFixed(0)} ms`, '≤ 1500 ms'],
        ['memory, idle', `${idleMb.toFixed(0)} MB`, '≤ 150 MB'],
        [`memory after the ${PODS}-pod runs`, `${memoryOf(server.pid).toFixed(0)} MB`, '≤ 250 MB'],
      ],
    );
  } finally {
    await server.stop();
  }
}

async function measureCallers(kubeconfig: string, url: string): Promise<void> {
  const raw = rawCaller(kubeconfig);
  const callers = [raw, restCaller(url), await sessionCaller(url), modernCaller(url)];
  const throughput = (caller: Caller, count: number, selector?: () => string) =>
    throughputOf(caller.pods(SMALL_NAMESPACE, selector), { count, concurrency: CONCURRENCY });
  // All pods are selected, each time in other words: no two calls can be one request.
  let calls = 0;
  const anotherSelector = () => `bench!=${calls++}`;
  for (const caller of callers) await throughput(caller, WARM_UP_CALLS, anotherSelector);
  const p50 = (namespace: string, count: number) => async (caller: Caller) =>
    (await latencyOf(caller.pods(namespace), count)).p50;
  const small = (await eachRound(callers, p50(SMALL_NAMESPACE, 100))).map(median);
  const atOnce = (await eachRound(callers, (caller) => throughput(caller, 1_000))).map(overall);
  const different = (
    await eachRound(callers, (caller) => throughput(caller, 1_000, anotherSelector))
  ).map(overall);
  const large = (await eachRound(callers, p50(LARGE_NAMESPACE, 10))).map(median);
  const ratio = (figures: number[], index: number) => (figures[index] ?? NaN) / (figures[0] ?? NaN);
  printTable(
    [
      'k8s_get of pods',
      'small, p50',
      '× raw',
      `calls/s at ${CONCURRENCY}`,
      '× raw',
      'each another',
      '× raw',
      `${PODS} pods, p50`,
      '× raw',
    ],
    callers.map(({ name }, index) => [
      name,
      `${small[index]?.toFixed(2)} ms`,
      ratio(small, index).toFixed(2),
      atOnce[index]?.toFixed(0) ?? '',
      ratio(atOnce, index).toFixed(2),
      different[index]?.toFixed(0) ?? '',
      ratio(different, index).toFixed(2),
      `${large[index]?.toFixed(1)} ms`,
      ratio(large, index).toFixed(2),
    ]),
  );
  process.stdout.write(
    'Goals beside the raw API server: p50 ≤ 1.8, calls/s ≥ 0.70, large namespace ≤ 2.0.\n',
  );
  await Promise.all(callers.map((caller) => caller.close()));
}
