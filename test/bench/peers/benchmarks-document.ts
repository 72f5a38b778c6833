import { cpus } from 'node:os';
import { markdownTable } from '../../../apps/server/src/docs/markdown-table.js';
import { thousands } from '../../support/thousands.js';
import type { AnswerBytes } from './answer-bytes.js';
import type { Growth } from './growth.js';
import { CONCURRENCIES, type ReadSpeed } from './read-speeds.js';
import type { Measured } from './subjects.js';

/** All that was measured in one run. */
export interface Figures {
  pods: number;
  speeds: ReadSpeed[];
  servers: (Measured & { afterMb: number })[];
  answers: AnswerBytes[];
  growth: Growth[];
}

/** What one run should show. */
interface Goal {
  what: string;
  seen: string;
  goal: string;
  isReached: boolean;
}

/** The page `docs/benchmarks.md`, in Markdown that is not formatted yet. */
export function benchmarksDocument(figures: Figures): string {
  const { pods, speeds, servers, answers, growth } = figures;
  const names = servers.map(({ name }) => name);
  const each = (kind: string) => CONCURRENCIES.map((count) => `${kind}, ${count} at a time`);
  return `# Benchmarks

\`npm run bench -- peers\` writes this page. It measures everything in one run, on one sandbox with
${thousands(pods)} pods, each server in turn and several times over. The machine has ${cpus().length} cores, which the API
server, the server under test and the callers share. Node.js ${process.version}.

The bare proxy is 20 lines of Node.js that pass a request on to the API server and the answer back:
nothing on this platform can be faster. \`kubernetes-mcp-server\` is written in Go and \`mcp-server-kubernetes\`
in TypeScript. Both come from npm, with their defaults.

## Reads

The pods of a small namespace. With *same*, all calls ask the same question. With *another*, no two do.

![Calls a second, each another, 32 at a time](images/benchmark-reads.svg)

${markdownTable(
  ['one call at a time', 'p50', 'p99', `CPU a call`, `${thousands(pods)} pods, p50`],
  speeds.map(({ name, p50, p99, cpuMs, largeP50 }) => [
    name,
    ms(p50),
    ms(p99),
    cpuMs === undefined ? '' : ms(cpuMs),
    largeP50 === undefined ? 'fails' : ms(largeP50),
  ]),
)}

${markdownTable(
  ['calls a second', ...each('another'), ...each('same')],
  speeds.map(({ name, same, another }) => [name, ...another.map(rate), ...same.map(rate)]),
)}

## The servers

${markdownTable(
  ['server', 'ready after', 'memory, idle', 'memory, after everything'],
  servers.map(({ name, readyMs, idleMb, afterMb }) => [
    name,
    `${readyMs.toFixed(0)} ms`,
    `${idleMb.toFixed(0)} MB`,
    `${afterMb.toFixed(0)} MB`,
  ]),
)}

## What a model reads

Bytes of the list of tools, and of ten common answers about the shop of the sandbox.

${markdownTable(
  ['', ...names],
  [
    ...answers.map(({ what, bytes }) => [what, ...bytes.map(bytesText)]),
    ['all ten answers', ...names.map((_, index) => bytesText(totalOf(answers.slice(1), index)))],
  ],
)}

## Growth

Reads of a namespace with more and more ConfigMaps. A list ends where its answer is full, and names the
call for the rest. To count the objects by a value, the server has to read all of them.

![Milliseconds and megabytes by the number of objects](images/benchmark-growth.svg)

${markdownTable(
  ['objects', 'API server, all', '`k8s_get`, a list', '`k8s_get`, counted by a value', 'memory'],
  growth.map(({ objects, rawMs, firstMs, allMs, memoryMb }) => [
    thousands(objects),
    ms(rawMs),
    ms(firstMs),
    ms(allMs),
    `${memoryMb.toFixed(0)} MB`,
  ]),
)}

## Goals

${markdownTable(
  ['what', 'seen', 'goal', 'reached'],
  goalsOf(figures).map(({ what, seen, goal, isReached }) => [
    what,
    seen,
    goal,
    isReached ? 'yes' : 'no',
  ]),
)}
`;
}

function goalsOf({ speeds, servers, growth }: Figures): Goal[] {
  const [raw, proxy, ...others] = speeds;
  const doors = others.slice(0, 3);
  const own = servers[0]!;
  const most = CONCURRENCIES.length - 1;
  const share = Math.min(...doors.map(({ another }) => another[most]! / proxy!.another[most]!));
  const latency = Math.max(...doors.map(({ p50 }) => p50 / raw!.p50));
  const [smallest, largest] = [growth[0]!, growth.at(-1)!];
  const perObject = growth.slice(-2).map(({ allMs, objects }) => allMs / objects);
  const linear = perObject[1]! / perObject[0]!;
  const goal = (what: string, seen: string, text: string, isReached: boolean): Goal => ({
    what,
    seen,
    goal: text,
    isReached,
  });
  return [
    goal('calls a second beside the bare proxy', share.toFixed(2), '≥ 0.92', share >= 0.92),
    goal('p50 beside the API server', latency.toFixed(2), '≤ 1.3', latency <= 1.3),
    goal('memory, idle', `${own.idleMb.toFixed(0)} MB`, '≤ 120 MB', own.idleMb <= 120),
    goal('memory, after all', `${own.afterMb.toFixed(0)} MB`, '≤ 200 MB', own.afterMb <= 200),
    goal('ready', `${own.readyMs.toFixed(0)} ms`, '≤ 700 ms', own.readyMs <= 700),
    goal('time of an object, 50,000 beside 10,000', linear.toFixed(2), '≤ 1.2', linear <= 1.2),
    goal(
      'memory with 50,000 objects beside 100',
      (largest.memoryMb / smallest.memoryMb).toFixed(2),
      '≤ 1.5',
      largest.memoryMb / smallest.memoryMb <= 1.5,
    ),
  ];
}

function totalOf(answers: readonly AnswerBytes[], index: number): number {
  return answers.reduce((sum, { bytes }) => sum + (bytes[index] ?? 0), 0);
}

function bytesText(bytes: number | undefined): string {
  return bytes === undefined ? 'no tool' : thousands(bytes);
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

function rate(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 });
}
