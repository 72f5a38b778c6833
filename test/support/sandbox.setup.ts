import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startSandbox } from '#sandbox';
import './sandbox-env.js';

/**
 * Gives the whole run one sandbox of its own, and takes it away when the run ends, however it ends.
 * With `TEST_SANDBOX` it runs on the sandbox of that name and leaves it as it is, which saves the
 * start while one works on a spec.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const report = { line: log, state: () => undefined };
  const { TEST_SANDBOX: kept } = process.env;
  const sandbox = await startSandbox(
    kept ? { name: kept, report } : { name: `test-${process.pid}`, ephemeral: true, report },
  );
  const EXECUTIONS_FILE = join(sandbox.stateDir, 'executions.db');
  project.provide('sandboxEnv', { ...sandbox.env, EXECUTIONS_FILE });
  project.provide('sandboxName', sandbox.name);
  project.provide('sandboxFolder', sandbox.stateDir);
  return async () => {
    if (!kept) await sandbox.stop({ purge: true });
  };
}

function log(text: string): void {
  process.stderr.write(`${text}\n`);
}
