import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#sandbox';
import { measureFault, type FaultLab, type Subject } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';
import { untilWritten, write } from './fault-writes.js';

const FROZEN_MS = 14_000;
const OUTPUTS = 60;
const OUTPUT_CHARS = 1_000_000;
const LIMIT_MB = 10;

/** What happens to the records of executions: keys, ends, space. */
export async function recordFaults(lab: FaultLab): Promise<FaultRow[]> {
  const frozen = await Promise.all(
    ['SQLite', 'PostgreSQL'].map((store) => frozenReplica(lab, store)),
  );
  return [...(await keyFaults(lab)), ...frozen, await givesSpaceBack(lab)];
}

/** An idempotency key that cannot be claimed, as the database is away, and is used again. */
async function keyFaults(lab: FaultLab): Promise<FaultRow[]> {
  const EXECUTIONS_FILE = fileOf(lab);
  const single = await lab.startServer({ EXECUTIONS_FILE });
  const { postgres, a, b } = await lab.startReplicas();
  const away = (how: string, go: () => unknown, comeBack: () => unknown, servers: Subject[]) =>
    measureFault(`idempotency key, ${how}`, servers, async () => {
      const key = randomUUID();
      await go();
      const first = await write(servers[0]!, key);
      await comeBack();
      const took = await Promise.all(servers.map((server) => untilWritten(server, key)));
      return `${first} at first, the same key 200 after ${Math.max(...took).toFixed(0)} ms`;
    });
  let other: DatabaseSync;
  return [
    await away(
      'SQLite locked by another process',
      () => {
        other = new DatabaseSync(EXECUTIONS_FILE, { timeout: 5_000 });
        other.exec('begin exclusive');
      },
      () => other.close(),
      [single],
    ),
    await away(
      'two replicas, PostgreSQL ended',
      () => postgres.pause(),
      () => postgres.resume(),
      [a, b],
    ),
    await away(
      'two replicas, PostgreSQL frozen',
      () => postgres.freeze(),
      () => postgres.thaw(),
      [a, b],
    ),
  ];
}

/** A server that is paused for so long that another one on the same store takes it for gone. */
async function frozenReplica(lab: FaultLab, store: string): Promise<FaultRow> {
  const [frozen, other] = await pairOn(lab, store);
  const fault = `a server frozen for ${FROZEN_MS / 1_000} s; two on ${store}`;
  return measureFault(fault, [other], async () => {
    const ids = [
      await frozen.api.start('wait_for_x_seconds', { seconds: 5 }),
      await frozen.api.start('wait_for_x_seconds', { seconds: 60 }),
    ];
    const statuses = async ({ api }: Subject) => {
      const answers = await Promise.all(ids.map((id) => api.get(id)));
      return [...new Set(answers.map(({ body }) => body.status))].join(', ');
    };
    const frozenAt = performance.now();
    process.kill(frozen.pid, 'SIGSTOP');
    const noticed = waitFor(async () => (await statuses(other)) === 'interrupted', {
      what: 'executions of a frozen server to be interrupted',
      timeoutMs: FROZEN_MS,
    }).then(() => performance.now() - frozenAt);
    await sleep(FROZEN_MS);
    process.kill(frozen.pid, 'SIGCONT');
    const backMs = await untilWritten(frozen);
    await waitFor(async () => (await statuses(frozen)) === 'interrupted', {
      what: 'a server that is back to end what it ran',
      timeoutMs: FROZEN_MS,
    });
    const after = ((await noticed) / 1_000).toFixed(1);
    return `interrupted after ${after} s, ${await statuses(other)} for good; it writes again after ${backMs.toFixed(0)} ms`;
  });
}

async function pairOn(lab: FaultLab, store: string): Promise<[Subject, Subject]> {
  if (store === 'SQLite') {
    const env = { EXECUTIONS_FILE: fileOf(lab) };
    return [await lab.startServer(env), await lab.startServer(env)];
  }
  const { a, b } = await lab.startReplicas();
  return [a, b];
}

/** Retention with a lower limit than before. */
async function givesSpaceBack(lab: FaultLab): Promise<FaultRow> {
  const EXECUTIONS_FILE = fileOf(lab);
  const before = await lab.startServer({ EXECUTIONS_FILE });
  const command = `sh -c 'yes 0123456789 | head -c ${OUTPUT_CHARS}'`;
  const pods = [
    'get',
    'pods',
    '-n',
    'shop',
    '-l',
    'app=web',
    '-o',
    'jsonpath={.items[0].metadata.name}',
  ];
  const args = { pod_name: await lab.sandbox.kubectl(pods), namespace: 'shop', command };
  for (let count = 0; count < OUTPUTS; count++) {
    const id = await before.api.start('k8s_exec', args);
    await waitFor(async () => (await before.api.get(id)).body.status === 'succeeded', {
      what: 'an output to be stored',
    });
  }
  await before.stop();
  const megabytes = () => statSync(EXECUTIONS_FILE).size / 1_048_576;
  const full = megabytes();
  const server = await lab.startServer({ EXECUTIONS_FILE, EXECUTIONS_MAX_MB: String(LIMIT_MB) });
  return measureFault(`retention, limit lowered to ${LIMIT_MB} MB; SQLite`, [server], async () => {
    const startedAt = performance.now();
    await waitFor(() => megabytes() < 1.5 * LIMIT_MB, { what: 'the file to shrink' });
    const ms = performance.now() - startedAt;
    return `${full.toFixed(0)} MB → ${megabytes().toFixed(0)} MB within ${ms.toFixed(0)} ms`;
  });
}

function fileOf({ sandbox }: FaultLab): string {
  return join(sandbox.stateDir, `faults-${randomUUID()}.db`);
}
