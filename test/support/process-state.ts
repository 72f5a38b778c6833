import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process, in MB. */
export function memoryOf(pid: number): number {
  return megabytesOf(pid, 'VmRSS');
}

/** The most resident memory that a process has had, in MB. */
export function peakMemoryOf(pid: number): number {
  return megabytesOf(pid, 'VmHWM');
}

/** A line of proc_pid_status(5). */
function megabytesOf(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1_024;
}

/** How many files, sockets and the like a process has open. */
export function openFilesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The processes that a process has started and that run. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'))
    .flatMap((text) => text.split(' ').filter(Boolean).map(Number));
}

/**
 * The program that a process runs, and its process group; undefined once it is gone
 * (proc_pid_stat(5)).
 */
export function statOf(pid: number): { name: string; group: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, name = '', group] = /\((.*)\) \S+ \S+ (\d+)/s.exec(stat) ?? [];
    return { name, group: Number(group) };
  } catch {
    return undefined;
  }
}

/**
 * The processes of a process group, those included that have ended and that nobody has waited for.
 */
export function membersOf(group: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && statOf(pid)?.group === group);
}

/** The ports of those who are connected to a port of this machine over IPv4 (proc_net_tcp). */
export function connectedTo(port: number): number[] {
  const ESTABLISHED = '01';
  const portOf = (address = '') => Number.parseInt(address.split(':')[1] ?? '', 16);
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => portOf(local) === port && state === ESTABLISHED)
    .map(([, , remote]) => portOf(remote));
}
