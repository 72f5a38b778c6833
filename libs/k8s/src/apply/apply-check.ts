import { Turns } from '#base';
import { type Change, type Cluster, type KubernetesObject } from '#cluster';
import { ToolError } from '#tools';
import { adopt, dryRunWithout } from './apply-adopt.js';
import { tryApply, type ApplyOptions } from './apply-attempt.js';
import { conflictsBetween, refuseConflicts } from './ownership/field-conflicts.js';
import type { LiveObjects } from './apply-live.js';
import type { ApplyItem } from './apply-plan.js';
import {
  changedFields,
  fieldText,
  isOurApply,
  lostFields,
  managedFieldsOf,
  unionOf,
  type FieldPath,
  type ManagedFieldsEntry,
} from './ownership/managed-fields.js';
import { upgradedManagedFields } from './ownership/managed-fields-upgrade.js';

/** The result of checking an apply of one object. */
export interface CheckedApply extends Change {
  /** The manifest to send. */
  manifest: KubernetesObject;
  /**
   * The resourceVersion that the API server checked; undefined if the object did not exist.
   * `before` may be a later version.
   */
  version: string | undefined;
  /** Whether anything must be sent. */
  isNeeded: boolean;
  /**
   * Whether to take over fields of other managers: our own managers or, if the caller wants it, any
   * manager.
   */
  force: boolean;
  /** The managedFields that the object must have first, if they differ. */
  upgraded: ManagedFieldsEntry[] | undefined;
  /** The fields of earlier applies of ours that are removed: `data.old-key`. */
  removed: string[];
}

/**
 * Fields that may be removed without `prune`: an apply of a Secret or ConfigMap replaces its
 * content.
 */
const CONTENT_KINDS = ['secrets', 'configmaps'];
const CONTENT_FIELDS = ['f:data', 'f:stringData', 'f:binaryData'];

/**
 * Has the API server work out what applying an object would do. Changes nothing.
 * @throws ToolError as `patchObject`; `conflict` with the managers and fields that are not ours;
 * `precondition` with the fields that would be dropped
 */
export async function checkApply(
  cluster: Cluster,
  item: ApplyItem,
  live: LiveObjects,
  options: ApplyOptions,
): Promise<CheckedApply> {
  const { manifest, force, after, refused } = await tryApply(cluster, item, options);
  if (refused) {
    const { dropped, ...adopted } = await adopt(cluster, item, manifest, refused, options);
    refuseDropped(item, dropped, options);
    return { ...adopted, manifest, force, isNeeded: true, removed: adopted.removed.map(fieldText) };
  }
  // An object that does not exist yet has no version.
  const version = after.metadata?.['resourceVersion'] as string | undefined;
  const before = version ? await live.read(item, version) : undefined;
  if (!before) {
    const created = { isNeeded: true, upgraded: undefined, removed: [] };
    return { ...created, before, after, manifest, version, force };
  }
  // Somebody else may have written between the first attempt and the forced one. A still later
  // version is left to the next check.
  const isSame = before.metadata?.['resourceVersion'] === version;
  if (force && !options.force && isSame) refuseConflicts(conflictsBetween(before, after));
  const turns = new Turns();
  const upgraded = upgradedManagedFields(before);
  const entries = upgraded ?? managedFieldsOf(before);
  const set = unionOf(entries.filter(isOurApply));
  const kept = unionOf([
    ...entries.filter((entry) => !isOurApply(entry)),
    ...managedFieldsOf(after).filter(isOurApply),
  ]);
  await turns.pass();
  const lost = lostFields(set, kept);
  // The API server removes nothing as long as kubectl's managedFields entry exists.
  const result =
    upgraded && lost.length > 0
      ? await dryRunWithout(
          cluster,
          item,
          { before, merged: after, lost, upgraded },
          options.signal,
        )
      : after;
  await turns.pass();
  const removed = changedFields(set, kept, before, result);
  refuseDropped(item, removed, options);
  await turns.pass();
  return {
    before,
    after: result,
    manifest,
    version,
    force,
    isNeeded: upgraded !== undefined || JSON.stringify(before) !== JSON.stringify(after),
    upgraded,
    removed: removed.map(fieldText),
  };
}

function refuseDropped(
  { resource }: ApplyItem,
  removed: readonly FieldPath[],
  { prune }: ApplyOptions,
): void {
  const isContent = ([first = '']: FieldPath) =>
    CONTENT_KINDS.includes(resource.groupResource) && CONTENT_FIELDS.includes(first);
  const dropped = removed.filter((path) => !isContent(path)).map(fieldText);
  if (prune || dropped.length === 0) return;
  throw new ToolError(
    'precondition',
    `The manifest leaves out what an earlier apply had set, which would drop it: ${dropped.join(', ')}. Add these fields to the manifest, set prune_fields to true to drop them, or change single fields with k8s_patch.`,
  );
}
