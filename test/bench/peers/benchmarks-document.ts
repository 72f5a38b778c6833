import { cpus } from 'node:os';
import { markdownTable } from '../../../apps/server/src/docs/markdown-table.js';
import { thousands } from '../../support/thousands.js';
import type { AnswerBytes } from './answer-bytes.js';
import type { Growth } from './growth.js';
import { CONCURRENCIES, type ReadSpeed } from './read-speeds.js';
import type { Measured } from './subjects.js';

type MeasuredAfter = Measured & { afterMb: number };

/** All that was measured in one run. */
export interface Figures {
  pods: number;
  speeds: ReadSpeed[];
  servers: MeasuredAfter[];
  /** What the platform can do at best. */
  bare: MeasuredAfter[];
  answers: AnswerBytes[];
  growth: Growth[];
}

/** What one run should show. */
interface Goal {
  what: string;
  seen: string;
  /** What the bare tool shows, where it has a say. */
  bare: string;
  goal: string;
  isReached: boolean;
}

/** The page `docs/benchmarks.md`, in Markdown that is not formatted yet. */
export function benchmarksDocument(figures: Figures): string {
  const { pods, speeds, servers, bare, answers, growth } = figures;
  const names = servers.map(({ name }) => name);
  const each = (kind: string) => CONCURRENCIES.map((count) => `${kind}, ${count} at a time`);
  return `# Benchmarks

\`npm run bench -- peers\` writes this page. It measures everything in one run, on one sandbox with
${thousands(pods)} pods, each server in turn and several times over. The machine has ${cpus().length} cores, which the API
server, the server under test and the callers share. Node.js ${process.version}.

The bare proxy is 20 lines of Node.js that pass a request on to the API server and the answer back:
nothing on this platform can be faster. The bare tool is 80 lines of NestJS on Fastify with the MCP SDK,
bundled: it reads the parameters of one tool, asks the API server, and prints the table. Nobody is
identified, nothing is authorized, redacted, limited or recorded. Nothing with this stack can be faster. \`kubernetes-mcp-server\` is written in Go and \`mcp-server-kubernetes\`
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
  [...servers, ...bare].map(({ name, readyMs, idleMb, afterMb }) => [
    name,
    `${readyMs.toFixed(0)} ms`,
    megabytes(idleMb),
    megabytes(afterMb),
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
    megabytes(memoryMb),
  ]),
)}

## Goals

${markdownTable(
  ['what', 'seen', 'bare tool', 'goal', 'reached'],
  goalsOf(figures).map((goal) => [
    goal.what,
    goal.seen,
    goal.bare,
    goal.goal,
    goal.isReached ? 'yes' : 'no',
  ]),
)}
`;
}

function goalsOf({ speeds, servers, bare, growth }: Figures): Goal[] {
  const [raw, proxy, tool, ...others] = speeds;
  const doors = others.slice(0, 3);
  const own = servers[0]!;
  const bareTool = bare.find(({ name }) => name === tool!.name)!;
  const most = CONCURRENCIES.length - 1;
  const shareOf = ({ another }: ReadSpeed) => another[most]! / proxy!.another[most]!;
  const latencyOf = ({ p50 }: ReadSpeed) => p50 / raw!.p50;
  const share = Math.min(...doors.map(shareOf));
  const latency = Math.max(...doors.map(latencyOf));
  const memory = growth.at(-1)!.memoryMb / growth[0]!.memoryMb;
  const perObject = growth.slice(-2).map(({ allMs, objects }) => allMs / objects);
  const linear = perObject[1]! / perObject[0]!;
  return [
    {
      what: 'calls a second beside the bare proxy',
      seen: share.toFixed(2),
      bare: shareOf(tool!).toFixed(2),
      goal: '≥ 0.92',
      isReached: share >= 0.92,
    },
    {
      what: 'p50 beside the API server',
      seen: latency.toFixed(2),
      bare: latencyOf(tool!).toFixed(2),
      goal: '≤ 1.3',
      isReached: latency <= 1.3,
    },
    {
      what: 'memory, idle',
      seen: megabytes(own.idleMb),
      bare: megabytes(bareTool.idleMb),
      goal: '≤ 120 MB',
      isReached: own.idleMb <= 120,
    },
    {
      what: 'memory, after all',
      seen: megabytes(own.afterMb),
      bare: megabytes(bareTool.afterMb),
      goal: '≤ 200 MB',
      isReached: own.afterMb <= 200,
    },
    {
      what: 'ready',
      seen: `${own.readyMs.toFixed(0)} ms`,
      bare: `${bareTool.readyMs.toFixed(0)} ms`,
      goal: '≤ 700 ms',
      isReached: own.readyMs <= 700,
    },
    {
      what: 'time of an object, 50,000 beside 10,000',
      seen: linear.toFixed(2),
      bare: '',
      goal: '≤ 1.2',
      isReached: linear <= 1.2,
    },
    {
      what: 'memory with 50,000 objects beside 100',
      seen: memory.toFixed(2),
      bare: '',
      goal: '≤ 1.5',
      isReached: memory <= 1.5,
    },
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

function megabytes(value: number): string {
  return `${value.toFixed(0)} MB`;
}

function rate(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 });
}
