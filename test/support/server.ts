import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testSandbox } from './sandbox.js';
import { SERVER_BIN, spawnServer, type RunningServer } from './server-process.js';

export type { LogLine, RunningServer } from './server-process.js';

/** The many servers of the specs compile their code once. */
const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: join(dirname(SERVER_BIN), '../node_modules/.cache/compile'),
};

/**
 * Starts the real server on a free port, on the sandbox of this run unless `env` says otherwise;
 * see `spawnServer`.
 */
export function startServer(
  env: Record<string, string> = {},
  via?: readonly string[],
): Promise<RunningServer> {
  const { HELM_CHARTS_DIR } = env;
  // A server refuses a folder that is not there. Specs put their charts into it later.
  if (HELM_CHARTS_DIR) mkdirSync(HELM_CHARTS_DIR, { recursive: true });
  return spawnServer({ ...COMPILE_CACHE, ...testSandbox().env, ...env }, { via });
}
