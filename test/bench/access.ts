import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '#sandbox';
import { newKey } from '../support/access-doors.js';
import { latencyOf, median, throughputOf } from './measure.js';
import { printTable } from './print-table.js';
import { startServer } from './server.js';
import { toolClient, type ToolClient } from './tool-client.js';

const RULES = 200;
const ROUNDS = 12;
const CONCURRENCY = 32;
const CALLS_AT_ONCE = 1_000;
const WARM_UP_CALLS = 5_000;
const READ = { resource_type: 'pods', namespace: 'billing' };

/**
 * Compares a read by a key under a policy of 200 rules with one of a server that lets everybody do
 * everything. Both servers run at the same time and are measured in turn.
 */
export async function benchAccess(sandbox: Sandbox): Promise<void> {
  const folder = mkdtempSync(join(sandbox.stateDir, 'bench-access-'));
  const settings = { AUTH: '', XDG_STATE_HOME: folder, POLICY_FILE: policyIn(folder) };
  const key = newKey(settings, 'bench', ['--groups', 'bench']);
  const servers = [
    await startServer(sandbox, 'open'),
    await startServer(sandbox, 'access', settings),
  ];
  const [open, checked] = servers.map(({ url }) => url) as [string, string];
  const clients = [toolClient(open, 'k8s'), toolClient(checked, 'k8s', key)];
  try {
    const [small, atOnce] = await measure(clients);
    const names = ['AUTH=none, no policy', `a key, a policy of ${RULES} rules`];
    printTable(
      ['k8s_get of pods over REST', 'small, p50', '×', `calls/s at ${CONCURRENCY}`, '×'],
      names.map((name, index) => [
        name,
        `${small[index]?.toFixed(3)} ms`,
        ratio(small, index),
        atOnce[index]?.toFixed(0) ?? '',
        ratio(atOnce, index),
      ]),
    );
    process.stdout.write('Goal: a key and a policy take at most 1.05 × the time.\n');
  } finally {
    for (const client of clients) await client.close();
    for (const server of servers) await server.stop();
  }
}

/** A policy of which the last rule counts. @returns its path */
function policyIn(folder: string): string {
  const rules = Array.from({ length: RULES - 1 }, (_, index) => ({
    name: `team-${index}`,
    who: { groups: [`team-${index}`] },
    use: 'operator',
    where: { namespaces: [`team-${index}-*`] },
  }));
  const last = { name: 'bench', who: { groups: ['bench'] }, use: 'read-only' };
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, JSON.stringify({ rules: [...rules, last] }));
  return path;
}

/** The median latency of each client, and its calls a second over all rounds. */
async function measure(clients: readonly ToolClient[]): Promise<[number[], number[]]> {
  const callsOf =
    ({ call }: ToolClient) =>
    () =>
      call('k8s_get', READ);
  const many = (client: ToolClient, count: number) =>
    throughputOf(callsOf(client), { count, concurrency: CONCURRENCY });
  for (const client of clients) await many(client, WARM_UP_CALLS);
  const small = clients.map((): number[] => []);
  const atOnce = clients.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (let place = 0; place < clients.length; place++) {
      const index = (round + place) % clients.length;
      const client = clients[index]!;
      small[index]!.push((await latencyOf(callsOf(client), 300)).p50);
      atOnce[index]!.push(await many(client, CALLS_AT_ONCE));
    }
  }
  return [small.map(median), atOnce.map(median)];
}

function ratio(figures: readonly number[], index: number): string {
  return ((figures[index] ?? NaN) / (figures[0] ?? NaN)).toFixed(3);
}
