import { testSandbox } from './sandbox.js';
import { spawnServer, type RunningServer } from './server-process.js';

export type { LogLine, RunningServer } from './server-process.js';

/**
 * Starts the real server on a free port, on the sandbox of this run unless `env` says otherwise;
 * see `spawnServer`.
 */
export function startServer(
  env: Record<string, string> = {},
  via?: readonly string[],
): Promise<RunningServer> {
  return spawnServer({ ...testSandbox().env, ...env }, { via });
}
