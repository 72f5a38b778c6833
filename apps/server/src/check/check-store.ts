import { inspectStore, type StoreConfig, type StoreReport } from '#store';
import type { Fact } from './finding.js';

const MB = 1_000_000;
/** Below this, a disk may be full before somebody looks. */
const LITTLE_BYTES = 500 * MB;

/** Whether the server can use its database. It is not changed, and no lock is held on it. */
export async function checkStore(config: StoreConfig, known: readonly string[]): Promise<Fact[]> {
  const name = 'database';
  const report = await inspectStore(config, known);
  const { newer, place, freeBytes = Infinity } = report;
  if (newer.length > 0) {
    const says = `${place} was made by a newer version of this server (it has ${newer.join(', ')})`;
    const todo = 'Use that version, or another database (DATABASE_URL or EXECUTIONS_FILE).';
    return [{ name, state: 'failed', says, todo }];
  }
  const says = textOf(report);
  if (freeBytes > LITTLE_BYTES) return [{ name, state: 'ok', says }];
  return [{ name, state: 'note', says, todo: 'Make room on the disk.' }];
}

function textOf({ place, isThere, pending, bytes, freeBytes }: StoreReport): string {
  const facts = [place];
  if (!isThere) facts.push('made at the first start');
  else if (pending > 0) facts.push(`${pending} updates of its tables to make at the next start`);
  if (bytes > 0) facts.push(`${(bytes / MB).toFixed(1)} MB`);
  if (freeBytes !== undefined) facts.push(`${Math.floor(freeBytes / MB)} MB free`);
  return facts.join(', ');
}
