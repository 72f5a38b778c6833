import { changeObject, chooseRevision, patchObject, type Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import { refusePaused, rolloutNote } from './rollout-pause.js';
import type { RolloutUndoDto } from './rollout-undo.dto.js';
import { workloadRef } from './workload-ref.js';
import { revisionsOf } from './workload-revisions.js';
import type { RolloutWaits } from './rollout-waits.js';

/**
 * Gives a workload the pod template of an earlier revision, and shows what that changes.
 * @throws ToolError `not_found` with the revisions that exist, `precondition` for a paused
 * deployment
 */
export async function undoRollout(
  cluster: Cluster,
  query: RolloutUndoDto,
  call: ToolCall,
  waits: RolloutWaits,
): Promise<ToolResult> {
  const ref = await workloadRef(cluster, query, call.signal);
  const target = ref.resource.label(ref.name);
  return waits.changeAndWait(cluster, call, [ref], () =>
    changeObject(cluster, ref, call, async (before) => {
      refusePaused(target, before, 'rollback');
      const revisions = await revisionsOf(cluster, before, call.signal);
      const { revision, patch } = chooseRevision(
        target,
        revisions,
        query.to_revision ?? 0,
        'k8s_rollout_history',
      );
      const from = revisions.at(-1)?.revision;
      return {
        write: (options) => patchObject(cluster, ref, 'strategic', patch, options),
        unchanged: `${target} is already as revision ${revision} says; nothing to change`,
        summary: (after) =>
          `${target} rolled back from revision ${from} to revision ${revision}${rolloutNote(after)}`,
      };
    }),
  );
}
