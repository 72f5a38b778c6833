import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Sandbox } from '#sandbox';
import { configMap } from './config-map.js';
import { DistantApi } from './distant-api.js';
import { median } from './measure.js';
import { printTable } from './print-table.js';
import { startServer } from './server.js';
import { toolClient, type CallTool } from './tool-client.js';

const OBJECTS = 100;
const ROUNDS = 5;
/** As to an API server of the same region. */
const ROUND_TRIP_MS = 10;

/** Applies a manifest. */
type Apply = (content: string) => Promise<unknown>;

/** What is done to the objects of a round, in this order: the values of their ConfigMaps. */
const STEPS = ['create', 'change'] as const;

/** Compares `k8s_apply` with kubectl, here and with an API server that is further away. */
export async function compareApply(
  sandbox: Sandbox,
  namespace: string,
  call: CallTool,
): Promise<void> {
  const rows = await compared('here', sandbox, namespace, call);
  rows.push(...(await comparedFromAfar(sandbox, namespace)));
  const title = `apply of ${OBJECTS} objects`;
  printTable(
    [title, 'API server', 'kubectl --server-side', 'k8s_apply', 'kubectl ÷ k8s_apply'],
    rows,
  );
}

async function comparedFromAfar(sandbox: Sandbox, namespace: string): Promise<string[][]> {
  const api = await DistantApi.open(sandbox, ROUND_TRIP_MS);
  const env = { KUBECONFIG: api.kubeconfig };
  const server = await startServer(sandbox, 'afar', env);
  const { call, close } = toolClient(server.url, 'k8s');
  try {
    return await compared(`${ROUND_TRIP_MS} ms away`, sandbox, namespace, call, env);
  } finally {
    await close();
    await server.stop();
    api.close();
  }
}

/** The medians of some rounds, after one that warms up, each with new objects. */
async function compared(
  place: string,
  sandbox: Sandbox,
  namespace: string,
  call: CallTool,
  env: Record<string, string> = {},
): Promise<string[][]> {
  const kubectl: Apply = (content) => applyWithKubectl({ ...sandbox.env, ...env }, content);
  const tool: Apply = (content) => call('k8s_apply', { content });
  const ways = Object.entries({ kubectl, tool }).map(([by, apply]) => {
    return { by, apply, create: [] as number[], change: [] as number[] };
  });
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { by, apply, ...times } of ways) {
      for (const step of STEPS) {
        const content = manifest(namespace, by, step);
        const startedAt = performance.now();
        await apply(content);
        if (round > 0) times[step].push(performance.now() - startedAt);
      }
    }
    await sandbox.kubectl(['delete', '--raw', `/api/v1/namespaces/${namespace}/configmaps`]);
  }
  return STEPS.map((step) => {
    const [theirs = NaN, ours = NaN] = ways.map((way) => median(way[step]));
    const ratio = (theirs / ours).toFixed(1);
    return [step, place, `${theirs.toFixed(0)} ms`, `${ours.toFixed(0)} ms`, ratio];
  });
}

function manifest(namespace: string, prefix: string, value: string): string {
  const names = Array.from({ length: OBJECTS }, (_, number) => `${prefix}-${number}`);
  return names.map((name) => JSON.stringify(configMap(namespace, name, value))).join('\n---\n');
}

async function applyWithKubectl(env: Record<string, string>, content: string): Promise<void> {
  const running = promisify(execFile)('kubectl', ['apply', '--server-side', '-f', '-'], {
    env: { ...process.env, ...env },
  });
  running.child.stdin?.end(content);
  await running;
}
