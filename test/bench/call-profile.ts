import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Sandbox } from '#sandbox';
import { markdownTable } from '../../apps/server/src/docs/markdown-table.js';
import { spawnServer } from '../support/server-process.js';
import { rawCaller, restCaller } from './callers.js';
import { latencyOf } from './measure.js';

const PAGE = 'docs/performance.md';
const BLOCK = /(?<=<!-- call -->\n)[^]*(?=<!-- \/call -->)/;
const NAMESPACE = 'billing';
const WARM_UP_CALLS = 3_000;
const CALLS = 2_000;
/** Parts that take less of a call are told together. */
const LEAST_SHARE = 0.015;

/** What Node.js writes with `--cpu-prof` (Chrome DevTools Protocol, Profiler.Profile). */
interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples: number[];
  /** Microseconds from the sample before. */
  timeDeltas: number[];
}

/**
 * Measures where the CPU time of a call goes, by the parts of this server and the packages that it
 * uses, and writes the table of `docs/performance.md`.
 */
export async function benchCall(sandbox: Sandbox): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'call-profile-'));
  const server = await spawnServer(
    { ...sandbox.env, EXECUTIONS_FILE: join(folder, 'executions.db') },
    {
      // Not the bundle: there, all parts are one file.
      bin: resolve('dist/apps/server/src/main.js'),
      via: [process.execPath, '--cpu-prof', `--cpu-prof-dir=${folder}`],
      readsLog: false,
    },
  );
  const raw = rawCaller(sandbox.kubeconfig);
  const rest = restCaller(server.url);
  try {
    const call = rest.pods(NAMESPACE);
    for (let done = 0; done < WARM_UP_CALLS; done++) await call();
    const before = performance.now();
    const { p50 } = await latencyOf(call, CALLS);
    const wallMs = performance.now() - before;
    const { p50: rawP50 } = await latencyOf(raw.pods(NAMESPACE), CALLS);
    const after = performance.now() - before - wallMs;
    await Promise.all([raw.close(), rest.close()]);
    await server.stop();
    const parts = partsOf(readProfile(folder), { fromEndMs: after, lengthMs: wallMs });
    await writeTable(parts, { p50, rawP50 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The profile of the main thread: the largest. */
function readProfile(folder: string): Profile {
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const [text] = texts.toSorted((a, b) => b.length - a.length);
  return JSON.parse(text ?? '') as Profile;
}

/** Microseconds of each part, in the time that was measured. */
function partsOf(
  { nodes, samples, timeDeltas }: Profile,
  { fromEndMs, lengthMs }: { fromEndMs: number; lengthMs: number },
): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((it) => [it, id])));
  const partOf = (id: number): string => {
    const { functionName } = byId.get(id)!.callFrame;
    if (functionName === '(garbage collector)') return 'garbage collection';
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const part = partNamed(byId.get(at)!.callFrame.url);
      if (part) return part;
    }
    return functionName === '(idle)' ? '' : 'Node.js';
  };
  const parts = new Map<string, number>();
  const end = timeDeltas.reduce((sum, delta) => sum + delta, 0) - fromEndMs * 1_000;
  const begin = end - lengthMs * 1_000;
  let now = 0;
  for (const [index, id] of samples.entries()) {
    now += timeDeltas[index] ?? 0;
    if (now < begin || now > end) continue;
    const part = partOf(id);
    if (part) parts.set(part, (parts.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return parts;
}

/** The lib, the app or the package that a file belongs to. */
function partNamed(url: string): string | undefined {
  const [, own] = /\/dist\/((?:libs|apps)\/[^/]+)\//.exec(url) ?? [];
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  return own ?? name;
}

async function writeTable(
  parts: Map<string, number>,
  { p50, rawP50 }: { p50: number; rawP50: number },
): Promise<void> {
  const total = [...parts.values()].reduce((sum, each) => sum + each, 0);
  const sorted = [...parts].toSorted(([, a], [, b]) => b - a);
  const shown = sorted.filter(([, each]) => each / total >= LEAST_SHARE);
  const rest = total - shown.reduce((sum, [, each]) => sum + each, 0);
  const row = (part: string, microseconds: number) => [
    part,
    `${(microseconds / CALLS).toFixed(0)} µs`,
    `${((microseconds / total) * 100).toFixed(0)} %`,
  ];
  const table = markdownTable(
    ['part', 'CPU a call', 'share'],
    [
      ...shown.map(([part, each]) => row(part, each)),
      row('all others', rest),
      row('together', total),
    ],
  );
  const said =
    `A call of \`k8s_get\` over REST takes ${p50.toFixed(2)} ms at the median, one at a time. The API ` +
    `server itself takes ${rawP50.toFixed(2)} ms of them for the same table.`;
  const page = readFileSync(PAGE, 'utf8').replace(BLOCK, () => `\n${said}\n\n${table}\n\n`);
  process.stdout.write(`${said}\n\n${table}\n`);
  await writeFile(PAGE, await format(page, { ...(await resolveConfig(PAGE)), parser: 'markdown' }));
}
