import { objectVersions, type Cluster, type ObjectRef } from '#cluster';
import type { Outage } from '#cluster';
import {
  endlessPause,
  progressLine,
  rolloutProgress,
  type RolloutProgress,
} from './rollout-progress.js';
import type { Rollout } from './rollout.js';

/** How far a rollout was followed. */
export interface FollowedRollout {
  rollout: Rollout;
  progress: RolloutProgress;
  /** Why there is nothing more to wait for, as a sentence; undefined while there is. */
  end: string | undefined;
}

/** What a rollout is followed with, as `VersionSignals`. */
interface FollowSignals {
  cancelled: AbortSignal;
  ended: AbortSignal;
  outage: Outage;
  isBegun?: boolean;
}

/**
 * Follows a rollout until there is nothing more to wait for, or the signal `ended` aborts.
 * @param tell gets a line for each change of step, weight and health
 * @returns undefined if the rollout could not be read
 * @throws ToolError as `objectVersions`
 */
export async function followToEnd(
  cluster: Cluster,
  { resource, namespace, name }: ObjectRef,
  signals: FollowSignals,
  tell: (line: string) => void,
): Promise<FollowedRollout | undefined> {
  const { ended, outage } = signals;
  const path = resource.path(namespace);
  let last: FollowedRollout | undefined;
  let told: string | undefined;
  for await (const rollout of objectVersions<Rollout>(cluster, path, name, signals)) {
    const progress = await outage.survive(() => rolloutProgress(cluster, rollout, ended));
    if (progress === undefined) break;
    const line = progressLine(progress);
    if (line !== told) tell(line);
    told = line;
    last = { rollout, progress, end: endOf(name, progress, rollout) };
    if (last.end !== undefined) break;
  }
  return last;
}

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
