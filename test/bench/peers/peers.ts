import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { format, resolveConfig } from 'prettier';
import type { Sandbox } from '#sandbox';
import { startServer } from '../server.js';
import { fillNamespace } from '../many-pods.js';
import { answerBytes } from './answer-bytes.js';
import { benchmarksDocument, type Figures } from './benchmarks-document.js';
import { measureGrowth } from './growth.js';
import { treeMemoryOf } from './process-tree.js';
import { CONCURRENCIES, readSpeeds } from './read-speeds.js';
import { QUIET_MS, startSubjects, type Measured } from './subjects.js';
import { barChart, lineCharts } from './svg-chart.js';

const PAGE = 'docs/benchmarks.md';
const IMAGES = 'docs/images';
const NAMESPACE = 'bench';
const PODS = 2_000;

/**
 * Measures this server beside the API server, a bare proxy and servers of others, and writes
 * `docs/benchmarks.md` with its pictures.
 */
export async function benchPeers(sandbox: Sandbox): Promise<void> {
  const figures = await measure(sandbox);
  const page = benchmarksDocument(figures);
  process.stdout.write(page);
  const style = await resolveConfig(PAGE);
  await writeFile(PAGE, await format(page, { ...style, parser: 'markdown' }));
  await writeFile(`${IMAGES}/benchmark-reads.svg`, readsPicture(figures));
  await writeFile(`${IMAGES}/benchmark-growth.svg`, growthPicture(figures));
}

async function measure(sandbox: Sandbox): Promise<Figures> {
  const subjects = await startSubjects(sandbox);
  try {
    // The shop is asked about before anything else changes it.
    const answers = await answerBytes(sandbox, subjects.servers);
    await fillNamespace(sandbox, NAMESPACE, PODS);
    const speeds = await readSpeeds(subjects, NAMESPACE);
    await sleep(QUIET_MS);
    const after = (server: Measured) => ({ ...server, afterMb: treeMemoryOf(server.running.pid) });
    const [servers, bare] = [subjects.servers.map(after), subjects.bare.map(after)];
    return { pods: PODS, speeds, servers, bare, answers, growth: await growthOf(sandbox) };
  } finally {
    await subjects.close();
  }
}

async function growthOf(sandbox: Sandbox): Promise<Figures['growth']> {
  const server = await startServer(sandbox, 'growth', { MAX_OUTPUT_CHARS: '32000' });
  try {
    return await measureGrowth(sandbox, server);
  } finally {
    await server.stop();
  }
}

function readsPicture({ speeds }: Figures): string {
  const bars = speeds.map(({ name, another }) => ({
    label: name,
    value: another[CONCURRENCIES.length - 1]!,
    isOwn: name.startsWith('Skyflo'),
  }));
  return barChart('Reads of pods, each another, 32 at a time', bars, 'calls/s');
}

function growthPicture({ growth }: Figures): string {
  const line = (label: string, color: string, key: 'rawMs' | 'firstMs' | 'allMs' | 'memoryMb') => ({
    label,
    color,
    points: growth.map((each) => [each.objects, each[key]] as const),
  });
  return lineCharts([
    {
      title: 'Time by objects',
      unit: 'ms',
      isLogarithmic: true,
      lines: [
        line('API server, all objects', '#8c959f', 'rawMs'),
        line('k8s_get, a list', '#1a7f37', 'firstMs'),
        line('k8s_get, counted by a value', '#0969da', 'allMs'),
      ],
    },
    {
      title: 'Memory by objects',
      unit: 'MB',
      isLogarithmic: false,
      lines: [line('Skyflo MCP', '#0969da', 'memoryMb')],
    },
  ]);
}
