import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { findPackageJSON } from 'node:module';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** A process that starts `sleep` under a watchdog, and prints the number of each. */
const OWNER = `
import { spawn } from 'node:child_process';
import { watchdog } from './dist/libs/cli/src/watchdog.js';
const start = (command) => spawn('sh', ['-c', command], { detached: true, stdio: 'ignore' }).pid;
const [over, left] = [start('sleep 60'), start('trap "" TERM; sleep 60 & wait; sleep 60')];
for (const pid of [over, left]) watchdog.add(pid);
watchdog.remove(over);
setTimeout(() => console.log([over, left].join(' ')), 300);
setInterval(() => {}, 1_000);
`;
/** The package, which has the built libs. */
const ROOT = dirname(findPackageJSON(import.meta.url) ?? '');

/**
 * Whether a group has a process that is more than a zombie (Z), which has ended and is not reaped
 * yet.
 */
const isRunning = (group: number) => {
  const states = execFileSync('ps', ['-eo', 'pgid=,stat=']).toString().split('\n');
  return states.some((line) => new RegExp(`^ *${group} +[^Z]`).test(line));
};

describe('a watchdog', () => {
  let owner: ChildProcess;
  let groups: number[];
  beforeEach(async () => {
    const args = ['--input-type=module', '-e', OWNER];
    owner = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(owner.stdout!, 'data')) as [Buffer];
    groups = line.toString().split(' ').map(Number);
  });
  afterEach(() => {
    for (const group of groups.filter(isRunning)) process.kill(-group, 'SIGKILL');
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends what its owner has left running, though it ignores SIGTERM, when that ends by %s',
    async (signal) => {
      const [over = 0, left = 0] = groups;
      expect(groups.map(isRunning)).toEqual([true, true]);
      owner.kill(signal);
      await expect.poll(() => isRunning(left), { timeout: 10_000 }).toBe(false);
      expect(isRunning(over)).toBe(true);
    },
  );
});
