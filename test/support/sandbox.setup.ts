import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startSandbox } from '#sandbox';
import './sandbox-env.js';

/** Gives the whole run one sandbox of its own, and takes it away when the run ends, however it ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const report = { line: log, state: () => undefined };
  const sandbox = await startSandbox({ name: `test-${process.pid}`, ephemeral: true, report });
  const EXECUTIONS_FILE = join(sandbox.stateDir, 'executions.db');
  project.provide('sandboxEnv', { ...sandbox.env, EXECUTIONS_FILE });
  project.provide('sandboxName', sandbox.name);
  project.provide('sandboxFolder', sandbox.stateDir);
  return () => sandbox.stop({ purge: true });
}

function log(text: string): void {
  process.stderr.write(`${text}\n`);
}
