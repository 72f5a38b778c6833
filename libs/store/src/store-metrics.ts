import { stat } from 'node:fs/promises';
import { counter, gauge } from '#telemetry';
import type { StoreConfig } from './store.config.js';

const LABELS = ['part'] as const;

/** Whether a part of what the server remembers can be written, such as `audit`. */
export const STORE_UP = gauge({
  name: 'skyflo.store.up',
  description: 'Whether it can be stored at the moment: 1 or 0.',
  unit: '1',
  labels: LABELS,
});

/** How often something of a part could not be written. It is tried again. */
export const STORE_FAILURES = counter({
  name: 'skyflo.store.failures',
  description: 'Writes that the database did not take. They are tried again.',
  unit: '{write}',
  labels: LABELS,
});

const FILE = gauge({
  name: 'skyflo.store.file',
  description: 'What the files of the database take up on disk, where it is SQLite.',
  unit: 'By',
  labels: [],
});

/** Shows how large the files of the database are, if it has any here. */
export function watchFiles({ databaseUrl, file }: StoreConfig): void {
  if (databaseUrl !== undefined || file === ':memory:') return;
  FILE.observe(async () => [[await sizeOf(file)]]);
}

/** The database, with the log of what is not in it yet. */
async function sizeOf(file: string): Promise<number> {
  const parts = await Promise.allSettled(['', '-wal', '-shm'].map((end) => stat(file + end)));
  return parts.reduce((sum, part) => sum + (part.status === 'fulfilled' ? part.value.size : 0), 0);
}
