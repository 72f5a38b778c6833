import { delimiter, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureTestPrograms, startSandbox, type Sandbox } from '#sandbox';
import { LANES } from './lanes.js';
import type { TestSandbox } from './sandbox.js';

/** What the projects of this run share, as each loads this module for itself. */
interface Shared {
  started: Promise<[sandboxes: Sandbox[], programs: string]>;
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
  const [sandboxes, programs] = await run.started;
  project.provide(
    'sandboxes',
    sandboxes.map((sandbox) => testSandboxOf(sandbox, programs)),
  );
  return async () => {
    run.users -= 1;
    if (run.users > 0 || kept) return;
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop({ purge: true })));
  };
}

async function start(kept: string | undefined): Promise<[Sandbox[], string]> {
  // API servers collect garbage less often: it takes a sixth of what they do in a run of the tests.
  process.env.GOGC ??= '400';
  // What was built is what the programs that tests compare with are built like.
  process.env.SANDBOX_SOURCE ??= 'build';
  const report = { line: log, state: () => undefined };
  const programs = await ensureTestPrograms(report);
  if (kept) return [[await startSandbox({ name: kept, report })], programs];
  const names = Array.from({ length: LANES }, (_, lane) => `test-${process.pid}-${lane + 1}`);
  const starts = names.map((name) => startSandbox({ name, ephemeral: true, report }));
  return [await Promise.all(starts), programs];
}

/** @param programs the folder of what only tests compare with */
function testSandboxOf({ env, name, stateDir }: Sandbox, programs: string): TestSandbox {
  const PATH = `${programs}${delimiter}${env['PATH']}`;
  const EXECUTIONS_FILE = join(stateDir, 'executions.db');
  return { env: { ...env, PATH, EXECUTIONS_FILE }, name, folder: stateDir };
}

function log(text: string): void {
  process.stderr.write(`${text}\n`);
}
