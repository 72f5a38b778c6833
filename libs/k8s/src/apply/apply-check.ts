import {
  changedFields,
  fieldText,
  isOurApply,
  lostFields,
  managedFieldsOf,
  unionOf,
  upgradedManagedFields,
  type Change,
  type Cluster,
  type FieldPath,
  type KubernetesObject,
  type ManagedFieldsEntry,
} from '#cluster';
import { ToolError } from '#tools';
import { adopt, dryRunWithout } from './apply-adopt.js';
import { tryApply, type ApplyOptions } from './apply-attempt.js';
import { conflictsBetween, refuseConflicts } from './apply-conflicts.js';
import type { LiveObjects } from './apply-live.js';
import type { ApplyItem } from './apply-plan.js';

/** What an apply of one object would do. */
export interface CheckedApply extends Change {
  /** What is to be sent. */
  manifest: KubernetesObject;
  /**
   * The resourceVersion that the API server checked; undefined if the object was not there.
   * `before` may be a later one.
   */
  version: string | undefined;
  /** Nothing has to be sent if not. */
  isNeeded: boolean;
  /**
   * Whether fields of other managers are taken over: our own, or, where the caller wants it,
   * anybody's.
   */
  force: boolean;
  /** The managedFields that the object has to get before, if any. */
  upgraded: ManagedFieldsEntry[] | undefined;
  /** What is removed, as an earlier apply of ours had set it: `data.old-key`. */
  removed: string[];
}

/**
 * What may be removed without being asked for: an apply of a Secret or ConfigMap replaces its
 * content.
 */
const CONTENT_KINDS = ['secrets', 'configmaps'];
const CONTENT_FIELDS = ['f:data', 'f:stringData', 'f:binaryData'];

/**
 * Lets the API server work out what applying an object would do; nothing is changed.
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
  // What would be created only now has no version yet.
  const version = after.metadata?.['resourceVersion'] as string | undefined;
  const before = version ? await live.read(item, version) : undefined;
  if (!before) {
    const created = { isNeeded: true, upgraded: undefined, removed: [] };
    return { ...created, before, after, manifest, version, force };
  }
  // Between an attempt and the forced one somebody else may have written. What came later still is
  // for the next check.
  const isSame = before.metadata?.['resourceVersion'] === version;
  if (force && !options.force && isSame) refuseConflicts(conflictsBetween(before, after));
  const upgraded = upgradedManagedFields(before);
  const entries = upgraded ?? managedFieldsOf(before);
  const set = unionOf(entries.filter(isOurApply));
  const kept = unionOf([
    ...entries.filter((entry) => !isOurApply(entry)),
    ...managedFieldsOf(after).filter(isOurApply),
  ]);
  const lost = lostFields(set, kept);
  // As long as the entry of kubectl is there, the API server removes nothing.
  const result =
    upgraded && lost.length > 0
      ? await dryRunWithout(
          cluster,
          item,
          { before, merged: after, lost, upgraded },
          options.signal,
        )
      : after;
  const removed = changedFields(set, kept, before, result);
  refuseDropped(item, removed, options);
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
