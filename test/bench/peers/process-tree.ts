import { readFileSync } from 'node:fs';
import { childrenOf, memoryOf } from '../../support/process-state.js';

/** Clock ticks a second, in which Linux tells CPU time (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;

/** Resident memory of a process and of all that it has started, in MB. */
export function treeMemoryOf(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + memoryOf(each), 0);
}

/**
 * CPU seconds that a process has used, with those it has started, whether they run or have ended
 * (utime, stime, cutime and cstime of proc_pid_stat(5)).
 */
export function treeSecondsOf(pid: number): number {
  const ticks = treeOf(pid).flatMap((each) => {
    const stat = readFileSync(`/proc/${each}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map(Number);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}
