import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The end of input means that whoever held the other end is gone; a line means all is well. */
const waitForEnd = 'read -r _ || exec "$@"';

/**
 * Watches this process from outside and removes the named sandbox when it ends, however it ends.
 * Call the result when that is no longer wanted.
 */
export function guardSandbox(name: string): () => void {
  const main = fileURLToPath(new URL('main.js', import.meta.url));
  const down = [process.execPath, main, 'down', '--purge', '--name', name];
  const guardian = spawn('sh', ['-c', waitForEnd, 'sh', ...down], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.unref();
  const { stdin } = guardian;
  // A pipe is a socket to Node; held open it would keep this process from ending.
  (stdin as typeof stdin & { unref(): void }).unref();
  return () => void stdin.end('\n');
}
