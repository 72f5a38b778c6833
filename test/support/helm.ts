import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { testSandbox } from './sandbox.js';

const run = promisify(execFile);

/** What the real helm 3 prints on the sandbox of this run, with times in UTC. */
export async function helm(...args: string[]): Promise<string> {
  const { stdout } = await run('helm', args, {
    env: { ...process.env, ...testSandbox().env, TZ: 'UTC' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.replace(/\n+$/, '');
}

/** The environment in which `helm` is helm 4. */
export function helm4Env(): Record<string, string> {
  const path = testSandbox().env['PATH'] ?? '';
  const folder = join(testSandbox().folder, 'helm4-bin');
  mkdirSync(folder, { recursive: true });
  try {
    symlinkSync(join(path.split(delimiter)[0] ?? '', 'helm4'), join(folder, 'helm'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return { PATH: `${folder}${delimiter}${path}` };
}

/**
 * The environment of a server with an empty folder of its own for repositories, which may be on
 * this machine.
 */
export function ownHelmHome(name: string): Record<string, string> {
  const folder = join(testSandbox().folder, `helm-home-${name}`);
  rmSync(folder, { recursive: true, force: true });
  return { HELM_HOME_DIR: folder, HELM_ALLOWED_HOSTS: '127.0.0.1' };
}
