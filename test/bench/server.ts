import { join } from 'node:path';
import type { Sandbox } from '#sandbox';
import { spawnServer, type RunningServer } from '../support/server-process.js';

/** What is compared with the raw API server is not cut. */
const MAX_OUTPUT_CHARS = '1000000';

/** Starts a server on the sandbox, with executions of its own. */
export function startServer(
  sandbox: Sandbox,
  name: string,
  env?: Record<string, string>,
): Promise<RunningServer> {
  const EXECUTIONS_FILE = join(sandbox.stateDir, `bench-${name}.db`);
  return spawnServer(
    { ...sandbox.env, EXECUTIONS_FILE, MAX_OUTPUT_CHARS, ...env },
    { readsLog: false },
  );
}
