import { Injectable } from '@nestjs/common';
import { changeText, diffObjects, isDryRun, patchObject, readObject, type Cluster } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import type { RolloutUndoDto } from './dto/rollout-undo.dto.js';
import { refusePaused, rolloutNote } from './rollout-pause.js';
import { revisionsOf, type Revision } from './workload-revisions.js';

/** Brings workloads back to a revision they have been at. */
@Injectable()
export class RolloutUndoClient {
  /**
   * Gives a workload the pod template of an earlier revision, and shows what changes by that.
   * @throws ToolError `not_found` with the revisions there are, `precondition` for a paused deployment
   */
  async undo(cluster: Cluster, query: RolloutUndoDto, call: ToolCall): Promise<string> {
    const { resource_type, name, namespace, to_revision = 0 } = query;
    const { signal } = call;
    const dryRun = isDryRun(call);
    const resource = await cluster.discovery.resolve(`${resource_type}s.apps`, signal);
    const ref = { resource, namespace, name };
    const target = `${resource.typeName}/${name}`;
    const before = await readObject(cluster, ref, signal);
    refusePaused(target, before, 'rollback');
    const revisions = await revisionsOf(cluster, before, signal);
    const { revision, patch } = choose(target, revisions, to_revision);
    const after = await patchObject(cluster, ref, 'strategic', patch, { dryRun, signal });
    if (diffObjects(before, after) === '') {
      return `${target} is already as revision ${revision} says; nothing to change`;
    }
    const from = revisions.at(-1)?.revision;
    const summary = `${target} rolled back from revision ${from} to revision ${revision}${rolloutNote(after)}`;
    return changeText(summary, { before, after }, dryRun);
  }
}

/** @param wanted 0 for the one before the present one */
function choose(target: string, revisions: readonly Revision[], wanted: number): Revision {
  const chosen =
    wanted === 0 ? revisions.at(-2) : revisions.find(({ revision }) => revision === wanted);
  if (chosen) return chosen;
  const known = revisions.map(({ revision }) => revision).join(', ');
  throw new ToolError(
    'not_found',
    wanted === 0
      ? `${target} has no revision before the present one to go back to.`
      : `${target} has no revision ${wanted}. There ${revisions.length === 1 ? 'is only' : 'are'} ${known || 'none'}; k8s_rollout_history says more of each.`,
  );
}
