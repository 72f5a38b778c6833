import { inject } from 'vitest';
import './sandbox-env.js';
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
  return spawnServer({ ...inject('sandboxEnv'), ...env }, { via });
}
