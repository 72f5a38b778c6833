import {
  changeText,
  chooseRevision,
  diffObjects,
  isDryRun,
  patchObject,
  type Cluster,
} from '#cluster';
import type { ToolCall } from '#tools';
import type { UndoDto } from './undo.dto.js';
import { readRollout, rolloutRef } from '../model/rollout-read.js';
import { revisionsOf, templateHash } from '../model/rollout-revisions.js';
import { templateChanges } from '../model/template-compare.js';
import {
  isTakenUp,
  pauseNote,
  podTemplateOf,
  templateOwner,
  throughText,
} from '../model/template-owner.js';
import { changeOutcome } from './verb-outcome.js';

/**
 * Gives a rollout, or the workload that it refers to, the pod template of an earlier revision, like
 * the Argo Rollouts plugin (cmd/undo).
 * @throws ToolError `not_found` with the revisions that are kept
 */
export async function undoRollout(
  cluster: Cluster,
  query: UndoDto,
  call: ToolCall,
): Promise<string> {
  const { signal } = call;
  const dryRun = isDryRun(call);
  const rollout = await rolloutRef(cluster, query, signal);
  const target = rollout.resource.label(rollout.name);
  const live = await readRollout(cluster, rollout, signal);
  const [{ ref, object: before }, revisions] = await Promise.all([
    templateOwner(cluster, rollout, live, signal),
    revisionsOf(cluster, live, signal),
  ]);
  const { revision, replicaSet, template } = chooseRevision(
    target,
    revisions,
    query.to_revision ?? 0,
    'argo_history',
  );
  const isPresent = templateHash(replicaSet) === live.status?.currentPodHash;
  const already = `${target} is already as revision ${revision} says; nothing to change`;
  // Hashes are compared, not fields: the API server fills in more fields in a ReplicaSet.
  if (isPresent && (await isTakenUp(cluster, live, signal))) return already;
  const path = before.kind === 'PodTemplate' ? '/template' : '/spec/template';
  const patch = [{ op: 'replace', path, value: template }];
  const after = await patchObject(cluster, ref, 'json', patch, { dryRun, signal });
  if (diffObjects(before, after) === '') return already;
  const images = templateChanges(podTemplateOf(before) ?? {}, template).filter(({ path: field }) =>
    field.endsWith('.image'),
  );
  const said = images.length > 0 ? ` (${images.map(({ text }) => text).join('; ')})` : '';
  const summary = `set back to revision ${revision}${throughText(live, ref)}${said}${pauseNote(live)}`;
  const outcome = dryRun ? summary : await changeOutcome(cluster, rollout, live, summary, signal);
  return changeText(`${target} ${outcome}`, { before, after }, dryRun);
}
