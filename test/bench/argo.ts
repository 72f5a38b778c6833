import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureTestPrograms, terminalReporter, type Sandbox } from '#sandbox';
import {
  NAMESPACE,
  OPERATIONS,
  PAIRS,
  PAUSED,
  PROMOTIONS,
  toSpec,
  toStatus,
  type Operation,
  type Send,
} from './argo-operations.js';
import { prepareRollouts } from './argo-rollouts.js';
import { apiPool, textOf } from '../support/api.js';
import { latencyOf, median } from './measure.js';
import { printTable } from './print-table.js';
import { toolClient, type CallTool } from './tool-client.js';

const CALLS = 60;
const PLUGIN_CALLS = 5;

/**
 * Measures the Argo tools beside the raw API calls they need, and beside the plugin. The controller
 * stands still, so that every call meets the same rollout.
 */
export async function benchArgo(sandbox: Sandbox, url: string): Promise<void> {
  const api = apiPool(sandbox.kubeconfig);
  const { call, close } = toolClient(url, 'argo');
  const send: Send = async (method, path, body, headers = {}) =>
    textOf(
      await api.request({
        method,
        path,
        headers: { 'content-type': 'application/json', ...headers },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    );
  await prepareRollouts(sandbox, send);
  const rows: string[][] = [];
  const add = async ({ name, plugin }: Operation, raw: number, tool: number) => {
    const program = plugin ? await pluginMs(sandbox, plugin) : undefined;
    const ms = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(2)} ms`);
    rows.push([name, ms(raw), ms(tool), (tool / raw).toFixed(2), ms(program)]);
  };
  const back = () => toStatus(send, PAUSED);
  for (const operation of OPERATIONS) {
    let number = 0;
    const raw = await latencyOf(() => operation.raw(send, number++), CALLS);
    const tool = await latencyOf(() => operation.tool(call, number++), CALLS);
    await add(operation, raw.p50, tool.p50);
    await toSpec(send, { paused: false });
  }
  for (const pair of PAIRS) {
    const [raw, tool] = await alternating(pair, send, call);
    for (const [index, operation] of pair.entries())
      await add(operation, raw[index]!, tool[index]!);
    await toSpec(send, { paused: false });
    await back();
  }
  for (const promotion of PROMOTIONS) {
    const restore: Operation = { name: '', raw: back, tool: back };
    const [raw, tool] = await alternating([promotion, restore], send, call);
    await add(promotion, raw[0]!, tool[0]!);
    await back();
  }
  printTable(['argo tool', 'raw API calls, p50', 'REST, p50', '× raw', 'plugin'], rows);
  process.stdout.write('Goal: × raw ≤ 2.0.\n');
  await sandbox.startProcess('rollouts-controller');
  await Promise.all([api.close(), close()]);
}

/** The medians of two operations that take turns, raw and by the tools, in milliseconds. */
async function alternating(
  [one, other]: [Operation, Operation],
  send: Send,
  call: CallTool,
): Promise<[number[], number[]]> {
  const timed = async (
    first: () => Promise<unknown>,
    second: () => Promise<unknown>,
  ): Promise<number[]> => {
    const times: [number[], number[]] = [[], []];
    for (let turn = 0; turn < CALLS; turn++) {
      for (const [index, work] of [first, second].entries()) {
        const startedAt = performance.now();
        await work();
        times[index]?.push(performance.now() - startedAt);
      }
    }
    return times.map(median);
  };
  const raw = await timed(
    () => one.raw(send, 0),
    () => other.raw(send, 0),
  );
  const tool = await timed(
    () => one.tool(call, 0),
    () => other.tool(call, 0),
  );
  return [raw, tool];
}

/** What one call of the plugin takes, in milliseconds; whether it succeeds is no matter. */
async function pluginMs(sandbox: Sandbox, args: string[]): Promise<number> {
  const env = { ...process.env, ...sandbox.env };
  const plugin = join(await ensureTestPrograms(terminalReporter()), 'kubectl-argo-rollouts');
  const { p50 } = await latencyOf(
    () => promisify(execFile)(plugin, [...args, '-n', NAMESPACE], { env }).catch(() => undefined),
    PLUGIN_CALLS,
  );
  return p50;
}
