import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectProcess } from './process-info.js';
import { Processes } from './processes.js';
import { waitFor } from './wait.js';

let folder: string;
let processes: Processes<string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-processes-'));
  const shell = (name: string, script: string) => ({
    name,
    program: 'sh',
    args: ['-c', script, `${folder}/`],
  });
  processes = new Processes(folder, [
    shell('sleeper', 'sleep 60 & wait'),
    shell('stubborn', 'trap "" TERM; touch ready; while :; do sleep 0.1; done'),
    shell('failing', 'echo out of luck; exit 3'),
  ]);
});

afterEach(async () => {
  await processes.stop();
  rmSync(folder, { recursive: true });
});

/**
 * The processes of a group that still run; one that has ended and waits to be reaped is a zombie
 * (Z).
 */
function runningIn(group: number | undefined): string[] {
  const listed = execFileSync('ps', ['-e', '-o', 'pgid=,stat=,args='], { encoding: 'utf8' });
  const members = listed.split('\n').map((line) => line.trim().split(/ +/));
  return members
    .filter(([pgid, state]) => pgid === String(group) && !state?.startsWith('Z'))
    .map(([, , ...command]) => command.join(' '));
}

describe('Processes', () => {
  it('starts a process once and stops it with what it started', async () => {
    processes.start('sleeper');
    const pid = pidOf('sleeper');
    processes.start('sleeper');
    expect(pidOf('sleeper')).toBe(pid);
    await processes.stop(['sleeper']);
    expect(pidOf('sleeper')).toBeUndefined();
    expect(runningIn(pid)).toEqual([]);
  });

  it('kills a process that does not listen, and one that is paused', async () => {
    processes.start('stubborn');
    const ready = () => existsSync(join(folder, 'ready'));
    await waitFor(ready, { what: 'the trap', timeoutMs: 5_000 });
    processes.start('sleeper');
    processes.signal('sleeper', 'SIGSTOP');
    await processes.stop();
    expect(processes.status().map(({ pid }) => pid)).toEqual([undefined, undefined, undefined]);
  }, 15_000);

  it('tells how a process ended and what it said last', async () => {
    const error = await new Promise<Error>((resolve) => processes.start('failing', resolve));
    expect(error.message).toMatch(/^failing ended \(exit code 3\)\.[^]*out of luck$/);
  });

  it('leaves a stranger alone that was given the pid of a process of ours', async () => {
    writeFileSync(join(folder, 'pids', 'sleeper.pid'), `${process.pid}\n`);
    expect(pidOf('sleeper')).toBeUndefined();
    await processes.stop();
    expect(inspectProcess(process.pid)).toBeDefined();
  });
});

function pidOf(name: string): number | undefined {
  return processes.status().find((one) => one.name === name)?.pid;
}
