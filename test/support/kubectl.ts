import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { testSandbox } from './sandbox.js';

const run = promisify(execFile);

/** What the real kubectl prints on the sandbox of this run. */
export async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await run('kubectl', args, {
    env: { ...process.env, ...testSandbox().env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
