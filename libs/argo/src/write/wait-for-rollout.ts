import {
  changeThenWait,
  notLookedAt,
  Outage,
  type Cluster,
  type FollowRollout,
  type ObjectRef,
} from '#cluster';
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
  return changeThenWait(call, change, async (limit) => {
    let told = 0;
    const tell = (message: string) => call.progress({ progress: ++told, message });
    const cancelled = call.signal;
    const { facts, standing, troubles } = await followRollout(
      cluster,
      ref,
      { ...limit, cancelled },
      tell,
    );
    return facts === undefined ? [standing] : [facts, standing, ...troubles];
  });
}

/** Follows the update of a rollout to its end, as tools of other domains do too. */
export const followRollout: FollowRollout = async (
  cluster,
  ref,
  { seconds, ended, cancelled },
  tell,
) => {
  const outage = new Outage(ended, tell);
  const signals = { cancelled, ended, outage, isBegun: true };
  const followed = await followToEnd(cluster, ref, signals, tell);
  cancelled.throwIfAborted();
  const name = `Rollout "${ref.name}"`;
  if (!followed) return notLookedAt(name, outage);
  const { rollout, progress, end } = followed;
  const unfinished = `${name} is not finished after ${seconds} s.${outage.remark} argo_status with watch follows it.`;
  return {
    isFinished: progress.phase === 'Healthy',
    standing: end ?? unfinished,
    facts: progressLine(progress),
    troubles: await missingPods(cluster, rollout, progress, cancelled),
  };
};
