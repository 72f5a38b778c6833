import { Injectable } from '@nestjs/common';
import {
  changeText,
  chooseRevision,
  diffObjects,
  isDryRun,
  patchObject,
  readObject,
  type Cluster,
} from '#cluster';
import type { ToolCall } from '#tools';
import type { RolloutUndoDto } from './rollout-undo.dto.js';
import { refusePaused, rolloutNote } from './rollout-pause.js';
import { workloadRef } from './workload-ref.js';
import { revisionsOf } from './workload-revisions.js';

/** Brings workloads back to a revision they have been at. */
@Injectable()
export class RolloutUndoClient {
  /**
   * Gives a workload the pod template of an earlier revision, and shows what changes by that.
   * @throws ToolError `not_found` with the revisions there are, `precondition` for a paused
   * deployment
   */
  async undo(cluster: Cluster, query: RolloutUndoDto, call: ToolCall): Promise<string> {
    const { signal } = call;
    const dryRun = isDryRun(call);
    const ref = await workloadRef(cluster, query, signal);
    const target = ref.resource.label(ref.name);
    const before = await readObject(cluster, ref, signal);
    refusePaused(target, before, 'rollback');
    const revisions = await revisionsOf(cluster, before, signal);
    const { revision, patch } = chooseRevision(
      target,
      revisions,
      query.to_revision ?? 0,
      'k8s_rollout_history',
    );
    const after = await patchObject(cluster, ref, 'strategic', patch, { dryRun, signal });
    if (diffObjects(before, after) === '') {
      return `${target} is already as revision ${revision} says; nothing to change`;
    }
    const from = revisions.at(-1)?.revision;
    const summary = `${target} rolled back from revision ${from} to revision ${revision}${rolloutNote(after)}`;
    return changeText(summary, { before, after }, dryRun);
  }
}
