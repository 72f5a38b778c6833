import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '#sandbox';
import { childrenOf, memoryOf, openFilesOf } from '../support/process-state.js';
import type { RunningServer } from '../support/server-process.js';
import { modernCaller, sessionCaller } from './callers.js';
import { printTable } from './print-table.js';
import { SOAK_OBJECTS, soakActions, type Action } from './soak-calls.js';
import { startServer } from './server.js';

const CALLERS = 12;
/**
 * What streams and calls are given to end before the first look, with which the pools of
 * connections are still full.
 */
const IDLE_MS = 5_000;
/**
 * What everything is given to end in the end: idle connections to the API server are kept for a
 * minute.
 */
const SETTLE_MS = 75_000;
/** Of the whole time, what passes before memory is first looked at. */
const WARM_UP = 0.2;
/**
 * How much more memory may be used in the end, in MB: what a garbage collector leaves for later.
 */
const MEMORY_MB = 50;

/** What a process holds on to. */
interface Holdings {
  files: number;
  children: number;
  /** Watches, followed logs and the like at the API server, of all its clients. */
  longRequests: number;
}

/**
 * Calls, streams and cancels in every way for some minutes, and then looks for what is left over.
 * @throws Error naming what is
 */
export async function soak(sandbox: Sandbox, minutes: number): Promise<void> {
  await sandbox.kubectl(['apply', '-f', '-'], { input: JSON.stringify(SOAK_OBJECTS) });
  const server = await startServer(sandbox, 'soak');
  try {
    await soakServer(sandbox, server, minutes);
  } finally {
    await server.stop();
  }
}

async function soakServer(sandbox: Sandbox, server: RunningServer, minutes: number): Promise<void> {
  const callers = [await sessionCaller(server.url), modernCaller(server.url)];
  const actions = soakActions(
    server.url,
    callers.map((caller) => caller.pods('shop')),
  );
  const workFor = async (ms: number) => {
    const until = performance.now() + ms;
    const goesOn = () => performance.now() < until;
    const counts = Array.from({ length: CALLERS }, (_, index) => work(actions, index, goesOn));
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };
  // Pools of connections and the like are full before the first look.
  let calls = await workFor(minutes * 60_000 * WARM_UP);
  await sleep(IDLE_MS);
  const before = await holdingsOf(sandbox, server.pid);
  const warmMb = memoryOf(server.pid);
  calls += await workFor(minutes * 60_000 * (1 - WARM_UP));
  await Promise.all(callers.map((caller) => caller.close()));
  const after = await settledHoldings(sandbox, server.pid, before);
  const endMb = memoryOf(server.pid);
  const stored = await countExecutions(server.url);
  const rows: [string, number, number, boolean][] = [
    ['memory after a while, in the end', warmMb, endMb, endMb - warmMb <= MEMORY_MB],
    ['open files and sockets', before.files, after.files, after.files <= before.files],
    ['child processes', before.children, after.children, after.children <= before.children],
    [
      'long requests at the API server',
      before.longRequests,
      after.longRequests,
      after.longRequests <= before.longRequests,
    ],
    ['calls that passed validation, executions', calls, stored, calls === stored],
  ];
  printTable(
    [`soak of ${minutes} min, ${CALLERS} callers`, 'before', 'after', ''],
    rows.map(([name, one, other, isGood]) => [
      name,
      one.toFixed(0),
      other.toFixed(0),
      isGood ? 'good' : 'NOT GOOD',
    ]),
  );
  const bad = rows.filter(([, , , isGood]) => !isGood).map(([name]) => name);
  if (bad.length > 0) throw new Error(`The soak left something over: ${bad.join('; ')}.`);
}

/**
 * Does one thing after another, each caller from another one on. @returns how many calls passed
 * validation
 */
async function work(actions: Action[], first: number, goesOn: () => boolean): Promise<number> {
  let calls = 0;
  for (let next = first; goesOn(); next++) calls += await actions[next % actions.length]!();
  return calls;
}

async function settledHoldings(sandbox: Sandbox, pid: number, before: Holdings): Promise<Holdings> {
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    const after = await holdingsOf(sandbox, pid);
    const isSettled = Object.entries(before).every(
      ([name, value]) => after[name as keyof Holdings] <= value,
    );
    if (isSettled || performance.now() > until) return after;
    await sleep(1_000);
  }
}

async function holdingsOf(sandbox: Sandbox, pid: number): Promise<Holdings> {
  const metrics = await sandbox.kubectl(['get', '--raw', '/metrics']);
  const longRequests = [...metrics.matchAll(/^apiserver_longrunning_requests\{.*\} (\d+)$/gm)];
  return {
    files: openFilesOf(pid),
    children: childrenOf(pid).length,
    longRequests: longRequests.reduce((sum, [, count]) => sum + Number(count), 0),
  };
}

async function countExecutions(url: string): Promise<number> {
  let count = 0;
  let next: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '200', ...(next && { after: next }) });
    const response = await fetch(`${url}/engine/v1/executions?${query.toString()}`);
    const page = (await response.json()) as { executions: unknown[]; next?: string };
    count += page.executions.length;
    next = page.next;
  } while (next);
  return count;
}
