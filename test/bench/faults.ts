import type { Sandbox } from '#sandbox';
import { FaultLab } from './fault-lab.js';
import type { FaultRow } from './fault-row.js';
import { databaseFaults } from './faults-database.js';
import { clusterFaults } from './faults-cluster.js';
import { doorFaults } from './faults-doors.js';
import { endFaults } from './faults-ends.js';
import { fileFaults } from './faults-files.js';
import { recordFaults } from './faults-records.js';
import { resetFaults } from './faults-resets.js';
import { printTable } from './print-table.js';

/** Brings some faults about, and says what came of them. */
type FaultSection = (lab: FaultLab) => Promise<FaultRow[]>;

const SECTIONS: Record<string, FaultSection> = {
  resets: resetFaults,
  records: recordFaults,
  ends: endFaults,
  database: databaseFaults,
  files: fileFaults,
  cluster: clusterFaults,
  doors: doorFaults,
};

const LIMIT_MS = 600_000;

/**
 * Brings about every fault that a network, a disk, a database, a cluster or a client brings, one
 * section after another, within ten minutes. A section that does not end in time is cut short.
 * @param names of the sections; all of them unless given
 * @throws Error naming the sections that failed
 */
export async function benchFaults(sandbox: Sandbox, names: readonly string[]): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  const rows: FaultRow[] = [];
  const failed: string[] = [];
  for (const name of names.length > 0 ? names : Object.keys(SECTIONS)) {
    const lab = new FaultLab(sandbox);
    try {
      rows.push(...(await runBefore(until, name, lab)));
    } catch (error) {
      failed.push(name);
      rows.push({ fault: name, figure: `NOT GOOD: ${(error as Error).message}` });
    } finally {
      await lab.end();
    }
  }
  printTable(
    ['fault', 'seconds', 'figure'],
    rows.map(({ fault, figure, tookMs }) => [fault, secondsOf(tookMs), figure]),
  );
  if (failed.length > 0) throw new Error(`These sections failed: ${failed.join(', ')}.`);
}

function secondsOf(tookMs: number | undefined): string {
  return tookMs === undefined ? '' : (tookMs / 1_000).toFixed(0);
}

async function runBefore(until: number, name: string, lab: FaultLab): Promise<FaultRow[]> {
  const section = SECTIONS[name];
  if (!section) throw new Error(`there are ${Object.keys(SECTIONS).join(', ')}`);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error('it did not end in time')),
    until - performance.now(),
  );
  try {
    return await Promise.race([section(lab), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
