import { Outage, type Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import type { ArgoStatusDto } from './argo-status.dto.js';
import { followToEnd } from '../model/rollout-follow.js';
import { missingPods } from '../model/rollout-pods.js';
import { endlessPause, progressLine, rolloutProgress } from '../model/rollout-progress.js';
import { readRollout, rolloutRef } from '../model/rollout-read.js';

/** Where the rollout stands now, in one line, and what its pods wait for if they do not come. */
export async function rolloutStatus(
  cluster: Cluster,
  query: ArgoStatusDto,
  { signal }: ToolCall,
): Promise<ToolResult> {
  const ref = await rolloutRef(cluster, query, signal);
  const rollout = await readRollout(cluster, ref, signal);
  const state = await rolloutProgress(cluster, rollout, signal);
  const wait = state.phase === 'Paused' ? endlessPause(rollout) : undefined;
  const hint = wait ? [`${wait.tool} lets it continue.`] : [];
  const troubles = await missingPods(cluster, rollout, state, signal);
  return { output: [progressLine(state), ...hint, ...troubles].join('\n'), data: state };
}

/**
 * Follows a rollout: a line for each change of step, weight and health, then one that says why it
 * ended, and what its pods wait for if they do not come. It also ends at the time limit of the
 * query.
 */
export async function followRollout(
  cluster: Cluster,
  query: ArgoStatusDto,
  call: ToolCall,
): Promise<ToolResult> {
  const { timeout_seconds: seconds, name } = query;
  const ended = AbortSignal.any([call.signal, AbortSignal.timeout(seconds * 1_000)]);
  const ref = await rolloutRef(cluster, query, call.signal);
  // Read before the watch, so that an unknown name is refused with the nearest ones.
  await readRollout(cluster, ref, call.signal);
  const lines: string[] = [];
  const outage = new Outage(ended, (message) => call.progress({ progress: lines.length, message }));
  const signals = { cancelled: call.signal, ended, outage };
  const followed = await followToEnd(cluster, ref, signals, (message) => {
    lines.push(message);
    call.progress({ progress: lines.length, message });
  });
  call.signal.throwIfAborted();
  const { end, progress, rollout } = followed ?? {};
  lines.push(
    end ??
      `Rollout "${name}" is not finished after ${seconds} s.${outage.remark} argo_describe shows its parts.`,
  );
  if (rollout && progress) {
    lines.push(...(await missingPods(cluster, rollout, progress, call.signal)));
  }
  return { output: lines.join('\n'), data: { ...progress, finished: end !== undefined } };
}
