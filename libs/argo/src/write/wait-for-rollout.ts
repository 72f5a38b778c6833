import { changeThenWait, Outage, type Cluster, type ObjectRef, type WaitLimit } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import { followToEnd } from '../model/rollout-follow.js';
import { missingPods } from '../model/rollout-pods.js';
import { progressLine } from '../model/rollout-progress.js';

/**
 * Makes a change of a rollout, then waits for its update if the call asks for that.
 * @returns the answer of the change, then where the rollout stands, and why it is not finished
 * @throws ToolError as `changeThenWait`
 */
export function changeAndWait(
  cluster: Cluster,
  call: ToolCall,
  ref: ObjectRef,
  change: () => Promise<string>,
): Promise<ToolResult> {
  return changeThenWait(call, change, (limit) => waitForRollout(cluster, call, ref, limit));
}

async function waitForRollout(
  cluster: Cluster,
  { signal, progress }: ToolCall,
  ref: ObjectRef,
  { seconds, ended }: WaitLimit,
): Promise<string[]> {
  let told = 0;
  const tell = (message: string) => progress({ progress: ++told, message });
  const outage = new Outage(ended, tell);
  const signals = { cancelled: signal, ended, outage, isBegun: true };
  const followed = await followToEnd(cluster, ref, signals, tell);
  signal.throwIfAborted();
  const name = `Rollout "${ref.name}"`;
  if (!followed) return [`${name} could not be looked at in time.${outage.remark}`];
  const { rollout, progress: state, end } = followed;
  const unfinished = `${name} is not finished after ${seconds} s.${outage.remark} argo_status with watch follows it.`;
  const troubles = await missingPods(cluster, rollout, state, signal);
  return [progressLine(state), end ?? unfinished, ...troubles];
}
