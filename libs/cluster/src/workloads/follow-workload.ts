import type { Cluster } from '../cluster.js';
import { objectVersions, type VersionSignals } from '../objects/object-versions.js';
import type { ObjectRef } from '../objects/object-ref.js';
import { isOfEarlierChange } from './rollout-facts.js';
import { rolloutState, type RolloutState, type Workload } from './rollout-state.js';
import type { WorkloadKind } from './workload-kinds.js';

/** How far a rollout was followed. */
export interface FollowedWorkload {
  workload: Workload;
  state: RolloutState;
  /** Whether it has come to its end while it was followed. */
  sawEnd: boolean;
}

/**
 * Follows a rollout until it comes to its end, or the signal `ended` aborts.
 * @param signals after a change that was just made (`isBegun`), an earlier failure does not count
 * @param tell gets each state that says something new
 * @returns undefined if the workload could not be read
 * @throws ToolError as `objectVersions`
 */
export async function followWorkload(
  cluster: Cluster,
  kind: WorkloadKind,
  { resource, namespace, name }: ObjectRef,
  signals: VersionSignals,
  tell: (message: string) => void,
): Promise<FollowedWorkload | undefined> {
  const path = resource.path(namespace);
  let last: FollowedWorkload | undefined;
  let sawBegin = false;
  for await (const workload of objectVersions<Workload>(cluster, path, name, signals)) {
    const state = standingOf(kind, workload, signals.isBegun ?? false);
    if (state.message !== last?.state.message) tell(state.message);
    const isOver = state.state !== 'progressing';
    last = { workload, state, sawEnd: isOver && sawBegin };
    if (isOver) break;
    sawBegin = true;
  }
  return last;
}

/** The controller may not have taken back yet that the rollout before had failed. */
function standingOf(kind: WorkloadKind, workload: Workload, isJustChanged: boolean): RolloutState {
  const state = rolloutState(kind, workload);
  if (state.state !== 'failed' || !isJustChanged || !isOfEarlierChange(workload)) return state;
  return { state: 'progressing', message: 'its controller has not begun with the change yet' };
}
