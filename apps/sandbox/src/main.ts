import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { UsageError } from './paths.js';
import { terminalReporter } from './reporter.js';
import { openSandbox, type Sandbox, startSandbox } from './sandbox.js';
import { statusTable } from './status-table.js';

const usage = `usage: npm run sandbox -- COMMAND [--name NAME]

  up       build what is missing, start the cluster, wait until it is ready, seed the demo shop
  status   every process: up or down, pid, port, memory
  env      the lines that point a shell at it: eval "$(npm run -s sandbox -- env)"
  down     stop every process; --purge also removes state, data and logs

  --name   which sandbox, when there are several (default: dev)
`;

const commands: Record<string, (name: string, purge: boolean) => Promise<void>> = {
  up,
  status,
  env,
  down,
};

/** The exit code is the one that shells give to a program that a signal ended. */
class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`Stopped by ${signal}; nothing is left running.`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

const report = terminalReporter();

await main(process.argv.slice(2)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  report.line(message);
  process.exitCode = exitCode(error);
});

function exitCode(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode;
  return error instanceof UsageError ? 2 : 1;
}

async function main(args: string[]): Promise<void> {
  const { command, name, purge, help } = parse(args);
  if (help) {
    process.stdout.write(usage);
    return;
  }
  const run = commands[command ?? ''];
  if (run === undefined) {
    throw new UsageError(`${command ? `There is no command "${command}".\n\n` : ''}${usage}`);
  }
  if (purge && command !== 'down') throw new UsageError('--purge goes with "down" only.');
  await run(name, purge);
}

function parse(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        name: { type: 'string', default: 'dev' },
        purge: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const [command, ...more] = positionals;
    if (more.length > 0) throw new Error(`Unexpected: ${more.join(' ')}`);
    return { ...values, command };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}

async function up(name: string): Promise<void> {
  const startedAt = Date.now();
  const cancel = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => cancel.abort(new Interrupted(signal)));
  }
  const sandbox = await startSandbox({ name, report, signal: cancel.signal });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  report.line(`Sandbox "${name}" is ready after ${seconds} s.`);
  process.stdout.write(`KUBECONFIG=${sandbox.kubeconfig}\n`);
}

async function status(name: string): Promise<void> {
  process.stdout.write(statusTable(existing(name).status()));
}

async function env(name: string): Promise<void> {
  for (const [variable, value] of Object.entries(existing(name).env)) {
    process.stdout.write(`export ${variable}='${value.replaceAll("'", `'\\''`)}'\n`);
  }
}

async function down(name: string, purge: boolean): Promise<void> {
  const sandbox = openSandbox(name);
  await sandbox?.stop({ purge });
  const done = purge ? 'stopped and its state removed' : 'stopped';
  process.stderr.write(
    sandbox ? `Sandbox "${name}" is ${done}.\n` : `There is no sandbox "${name}".\n`,
  );
}

function existing(name: string): Sandbox {
  const sandbox = openSandbox(name);
  if (sandbox !== undefined) return sandbox;
  throw new Error(
    `There is no sandbox "${name}". Start it with: npm run sandbox -- up --name ${name}`,
  );
}
