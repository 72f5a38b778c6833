import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Subject } from './fault-lab.js';

const WRITES = 20;
const RETRY_MS = 100;

/** A write that every cluster takes, and that changes nothing after the first time. */
const WRITE = [
  'k8s_apply',
  {
    content: JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'bench-faults', namespace: 'default' },
      data: { key: 'value' },
    }),
  },
] as const;

/** Calls a tool that writes, under an idempotency key. @returns the status of the answer */
export async function write({ api }: Subject, key: string = randomUUID()): Promise<number> {
  return (await api.run(...WRITE, { 'idempotency-key': key })).status;
}

/** Writes, one server after another. @returns how many were taken, and how long the slowest took */
export async function timeWrites(servers: readonly Subject[]): Promise<string> {
  let good = 0;
  let slowestMs = 0;
  for (let count = 0; count < WRITES; count++) {
    const startedAt = performance.now();
    if ((await write(servers[count % servers.length]!)) === 200) good++;
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  }
  const verdict = good === WRITES ? '' : ' NOT GOOD';
  return `${good} of ${WRITES} writes after it, the slowest in ${slowestMs.toFixed(0)} ms${verdict}`;
}

/** Waits until a write succeeds. @returns how long that takes, in milliseconds */
export async function untilWritten(server: Subject, key?: string): Promise<number> {
  const startedAt = performance.now();
  while ((await write(server, key)) !== 200) await sleep(RETRY_MS);
  return performance.now() - startedAt;
}
