import { chooseRevision, patchObject, type Cluster, type KubernetesObject } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import type { UndoDto } from './undo.dto.js';
import { readRollout, rolloutRef } from '../model/rollout-read.js';
import { revisionsOf, templateHash } from '../model/rollout-revisions.js';
import { templateChanges } from '../model/template-compare.js';
import { isTakenUp, podTemplateOf, templateOwner } from '../model/template-owner.js';
import { changeTemplate, type TemplateChange } from './template-change.js';
import { changeAndWait } from './wait-for-rollout.js';

/**
 * Gives a rollout, or the workload that it refers to, the pod template of an earlier revision, like
 * the Argo Rollouts plugin (cmd/undo).
 * @throws ToolError `not_found` with the revisions that are kept
 */
export async function undoRollout(
  cluster: Cluster,
  query: UndoDto,
  call: ToolCall,
): Promise<ToolResult> {
  const { signal } = call;
  const rollout = await rolloutRef(cluster, query, signal);
  const target = rollout.resource.label(rollout.name);
  const live = await readRollout(cluster, rollout, signal);
  const [owner, revisions] = await Promise.all([
    templateOwner(cluster, rollout, live, signal),
    revisionsOf(cluster, live, signal),
  ]);
  const { revision, replicaSet, template } = chooseRevision(
    target,
    revisions,
    query.to_revision ?? 0,
    'argo_history',
  );
  const unchanged = `${target} is already as revision ${revision} says; nothing to change`;
  const change = async (before: KubernetesObject): Promise<TemplateChange | string> => {
    const isPresent = templateHash(replicaSet) === live.status?.currentPodHash;
    // Hashes are compared, not fields: the API server fills in more fields in a ReplicaSet.
    if (isPresent && (await isTakenUp(cluster, live, signal))) return unchanged;
    const path = before.kind === 'PodTemplate' ? '/template' : '/spec/template';
    const patch = [{ op: 'replace', path, value: template }];
    const images = templateChanges(podTemplateOf(before) ?? {}, template).filter(
      ({ path: field }) => field.endsWith('.image'),
    );
    return {
      write: (options) => patchObject(cluster, owner.ref, 'json', patch, options),
      unchanged,
      done: `set back to revision ${revision}`,
      details: images.map(({ text }) => text).join('; '),
    };
  };
  return changeAndWait(cluster, call, rollout, () =>
    changeTemplate(cluster, { rollout, live, owner }, call, change),
  );
}
