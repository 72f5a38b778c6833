import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The ports of a sandbox, all on loopback. */
export const portNames = [
  'etcd',
  'etcd-peer',
  'kube-apiserver',
  'kwok',
  'metrics-server',
  'rollouts-metrics',
  'rollouts-health',
  'containers',
] as const;

export type Ports = Record<(typeof portNames)[number], number>;

/** Where the processes of one sandbox find what they need. */
export interface ClusterLayout {
  stateDir: string;
  binDir: string;
  ports: Ports;
}

/** What is kept of a sandbox between two starts. */
export interface SandboxRecord extends ClusterLayout {
  /** Whether the demo workloads were made; from then on they are the user's to change. */
  seeded: boolean;
}

export function recordFile(stateDir: string): string {
  return join(stateDir, 'sandbox.json');
}

/** Undefined when there is no such sandbox. */
export function readRecord(stateDir: string): SandboxRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(stateDir), 'utf8')) as SandboxRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function writeRecord(record: SandboxRecord): void {
  const file = recordFile(record.stateDir);
  writeFileSync(`${file}.new`, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
