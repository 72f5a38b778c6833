import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startSandbox, type Sandbox } from '#sandbox';
import type { TestSandbox } from './sandbox.js';

/** Files that run at a time, each on a sandbox of its own. */
const LANES = 2;

/** What the projects of this run share, as each loads this module for itself. */
interface Shared {
  started: Promise<Sandbox[]>;
  users: number;
}

const shared = globalThis as { testSandboxes?: Shared };

/**
 * Gives the whole run sandboxes of its own, and takes them away when the run ends, however it ends.
 * With `TEST_SANDBOX` it runs on the sandbox of that name and leaves it as it is, which saves the
 * start while one works on a spec.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { TEST_SANDBOX: kept } = process.env;
  const run = (shared.testSandboxes ??= { started: start(kept), users: 0 });
  run.users += 1;
  const sandboxes = await run.started;
  project.provide('sandboxes', sandboxes.map(testSandboxOf));
  return async () => {
    run.users -= 1;
    if (run.users > 0 || kept) return;
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop({ purge: true })));
  };
}

async function start(kept: string | undefined): Promise<Sandbox[]> {
  const report = { line: log, state: () => undefined };
  if (kept) return [await startSandbox({ name: kept, report })];
  const names = Array.from({ length: LANES }, (_, lane) => `test-${process.pid}-${lane + 1}`);
  return Promise.all(names.map((name) => startSandbox({ name, ephemeral: true, report })));
}

function testSandboxOf({ env, name, stateDir }: Sandbox): TestSandbox {
  const EXECUTIONS_FILE = join(stateDir, 'executions.db');
  return { env: { ...env, EXECUTIONS_FILE }, name, folder: stateDir };
}

function log(text: string): void {
  process.stderr.write(`${text}\n`);
}
