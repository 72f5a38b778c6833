import { objectVersions, Outage, type Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import type { ArgoStatusDto } from './argo-status.dto.js';
import { readRollout, rolloutRef } from '../model/rollout-read.js';
import {
  endlessPause,
  rolloutProgress,
  progressLine,
  type RolloutProgress,
} from '../model/rollout-progress.js';
import type { Rollout } from '../model/rollout.js';

/** Where the rollout stands now, in one line. */
export async function rolloutStatus(
  cluster: Cluster,
  query: ArgoStatusDto,
  { signal }: ToolCall,
): Promise<ToolResult> {
  const ref = await rolloutRef(cluster, query, signal);
  const rollout = await readRollout(cluster, ref, signal);
  const state = await rolloutProgress(cluster, rollout, signal);
  const wait = state.phase === 'Paused' ? endlessPause(rollout) : undefined;
  const hint = wait ? `\n${wait.tool} lets it continue.` : '';
  return { output: progressLine(state) + hint, data: state };
}

/**
 * Follows a rollout: a line for each change of step, weight and health, and a last line that says
 * why it ended. It also ends at the time limit of the query.
 */
export async function followRollout(
  cluster: Cluster,
  query: ArgoStatusDto,
  call: ToolCall,
): Promise<ToolResult> {
  const { timeout_seconds: seconds, name } = query;
  const expired = AbortSignal.timeout(seconds * 1_000);
  const ended = AbortSignal.any([call.signal, expired]);
  const { resource } = await rolloutRef(cluster, query, call.signal);
  // Read before the watch, so that an unknown name is refused with the nearest ones.
  await readRollout(cluster, { resource, name, namespace: query.namespace }, call.signal);
  const lines: string[] = [];
  const outage = new Outage(ended, (message) => call.progress({ progress: lines.length, message }));
  const signals = { cancelled: call.signal, ended, outage };
  let last: RolloutProgress | undefined;
  let end: string | undefined;
  const versions = objectVersions<Rollout>(cluster, resource.path(query.namespace), name, signals);
  for await (const rollout of versions) {
    const state = await outage.survive(() => rolloutProgress(cluster, rollout, ended));
    if (state === undefined) break;
    last = state;
    const line = progressLine(last);
    if (line !== lines.at(-1)) {
      lines.push(line);
      call.progress({ progress: lines.length, message: line });
    }
    end = endOf(name, last, rollout);
    if (end !== undefined) break;
  }
  call.signal.throwIfAborted();
  lines.push(
    end ??
      `Rollout "${name}" is not finished after ${seconds} s.${outage.remark} argo_describe shows its parts.`,
  );
  return { output: lines.join('\n'), data: { ...last, finished: end !== undefined } };
}

/** Why there is nothing more to wait for, as a sentence; undefined while there is. */
function endOf(name: string, { phase, message }: RolloutProgress, rollout: Rollout) {
  if (phase === 'Healthy') return `Rollout "${name}" is Healthy.`;
  if (phase === 'Degraded') {
    const hint = rollout.status?.abort
      ? 'argo_retry starts the update again, argo_undo goes back.'
      : 'argo_describe shows its parts.';
    return `Rollout "${name}" is Degraded: ${message}. ${hint}`;
  }
  const wait = phase === 'Paused' ? endlessPause(rollout) : undefined;
  return (
    wait &&
    `Rollout "${name}" does not continue by itself: ${wait.why}. ${wait.tool} lets it continue.`
  );
}
