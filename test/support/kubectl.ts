import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import './sandbox-env.js';

const run = promisify(execFile);

/** What the real kubectl prints on the sandbox of this run. */
export async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await run('kubectl', args, {
    env: { ...process.env, ...inject('sandboxEnv') },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
