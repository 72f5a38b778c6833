import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Sandbox } from '#sandbox';
import type { Client } from './clients.js';
import type { Command } from './install.js';
import { Served } from './served.js';
import { preparationOf, replicasArgs, stepsIn, type Line, type Step, type Truth } from './steps.js';

/** A row of the table. */
export interface Row {
  client: Client;
  protocol: string;
  /** In the order of the steps: what happened. */
  cells: Cell[];
}

/** How a step went: as it should, without the means of the client, or otherwise. */
export interface Cell {
  step: string;
  outcome: 'done' | 'lacking' | 'failed';
  /** What the client said of a step that failed. */
  error?: string;
}

/** What a client that hangs may take for all its steps. */
const PROGRAM_MS = 240_000;
/** How long a call may take to begin, and a cancelled one to end. */
const CALL_MS = 10_000;

/** What is done while a client waits, by what it says that it is doing. */
const PARTS: Record<string, (served: Served) => Promise<unknown>> = {
  calling: (served) => hasWait(served, 'running'),
  restarting: (served) => served.restart(),
};

/** Takes a client through all steps, on a server and in a namespace of its own. */
export async function takeAlong(
  client: Client,
  { program, args }: Command,
  sandbox: Sandbox,
): Promise<Row> {
  const namespace = `client-${client.program.replace('.', '-')}`;
  for (const words of preparationOf(namespace)) await sandbox.kubectl(words);
  const served = await Served.start(sandbox, namespace);
  const steps = stepsIn(namespace);
  const truth = await truthOf(served, sandbox, namespace);
  const task = JSON.stringify({ url: `${served.url}/mcp`, steps });
  const child = execa(program, [...args, task], {
    env: { TOKEN: served.token },
    timeout: PROGRAM_MS,
    reject: false,
  });
  try {
    const lines = new Map<string, { line: Line; cell: Cell }>();
    for await (const text of child.iterable()) {
      const line = parsed(text);
      const part = line && PARTS[line.step];
      if (part) {
        await part(served);
        child.stdin.write('\n');
      }
      const step = steps.find((one) => one.step === line?.step);
      if (line && step) lines.set(step.step, { line, cell: await cellOf(step, line, truth) });
    }
    const { stderr } = await child;
    return {
      client,
      protocol: lines.get('connect')?.line.protocol ?? '',
      cells: steps.map(({ step }) => lines.get(step)?.cell ?? unsaid(step, stderr)),
    };
  } finally {
    child.kill('SIGKILL');
    await served.stop();
  }
}

async function truthOf(served: Served, sandbox: Sandbox, namespace: string): Promise<Truth> {
  const { tools } = await served.get<{ tools: { name: string }[] }>('/tools');
  return {
    tools: tools.map(({ name }) => name),
    replicas: async () => Number(await sandbox.kubectl(replicasArgs(namespace))),
    isCancelled: () => hasWait(served, 'cancelled'),
  };
}

/** Whether there comes to be a call that waits and has such a status. */
async function hasWait(served: Served, status: string): Promise<boolean> {
  const path = `/executions?tool=wait_for_x_seconds&status=${status}`;
  for (const until = Date.now() + CALL_MS; Date.now() < until; await sleep(200)) {
    const { executions } = await served.get<{ executions: unknown[] }>(path);
    if (executions.length > 0) return true;
  }
  return false;
}

async function cellOf(taken: Step, line: Line, truth: Truth): Promise<Cell> {
  const { step } = taken;
  if (line.lacks) return { step, outcome: 'lacking' };
  if (line.error === undefined && (await taken.holds(line, truth)))
    return { step, outcome: 'done' };
  return { step, outcome: 'failed', error: line.error ?? 'It did not happen.' };
}

function unsaid(step: string, stderr: string): Cell {
  return { step, outcome: 'failed', error: `The client ended before. ${stderr.slice(-500)}` };
}

/** A line of JSON; libraries print other things too. */
function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
