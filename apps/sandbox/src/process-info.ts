import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  /** The program and its arguments, separated by spaces. */
  commandLine: string;
  residentBytes: number;
}

/** What the operating system knows of a process; undefined when it has ended (also as a zombie). */
export function inspectProcess(pid: number): ProcessInfo | undefined {
  return existsSync('/proc/self/status') ? fromProc(pid) : fromPs(pid);
}

/**
 * How often an empty command line is read again: a process has none for a moment while it becomes
 * another program.
 */
const execReads = 100;

function fromProc(pid: number): ProcessInfo | undefined {
  try {
    for (let read = 0; read < execReads; read++) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      if (/^State:\s+[ZX]/m.test(status)) return undefined;
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
      if (commandLine !== '') return { commandLine, residentBytes: Number(resident ?? 0) * 1024 };
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/** Systems without /proc (macOS). */
export function fromPs(pid: number): ProcessInfo | undefined {
  try {
    const args = ['-ww', '-o', 'stat=,rss=,args=', '-p', `${pid}`];
    const line = execFileSync('ps', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const match = /^(\S+)\s+(\d+)\s+(.*)$/.exec(line.trim());
    if (match === null || match[1]?.startsWith('Z')) return undefined;
    return { commandLine: match[3] ?? '', residentBytes: Number(match[2]) * 1024 };
  } catch {
    return undefined;
  }
}

/** Signals a process and what it started in its own group; none left is no error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
