import {
  patchObject,
  retryOnConflict,
  type Change,
  type Cluster,
  type KubernetesObject,
} from '#cluster';
import { checkApply, type ApplyOptions, type CheckedApply } from './apply-check.js';
import type { LiveObjects } from './apply-live.js';
import type { ApplyItem } from './apply-plan.js';

/** What was done to an object. */
export interface Applied extends Change {
  removed: string[];
}

/**
 * Checks an object, again where somebody else changes it meanwhile.
 * @throws ToolError as `checkApply`
 */
export async function checkSteady(
  cluster: Cluster,
  item: ApplyItem,
  live: LiveObjects,
  options: ApplyOptions,
): Promise<CheckedApply> {
  return retryOnConflict(() => checkApply(cluster, item, live, options), options.signal);
}

/**
 * Applies one object as it was checked. This holds for the version that was checked only: of a later one, whose fields it might drop or take
 * over, the check is made anew.
 * @param writeSignal ends what is being written; a little later than `options.signal`, so that its outcome is known
 * @throws ToolError as `checkApply`
 */
export async function sendApply(
  cluster: Cluster,
  item: ApplyItem,
  checked: CheckedApply,
  live: LiveObjects,
  options: ApplyOptions,
  writeSignal: AbortSignal,
): Promise<Applied> {
  let present: CheckedApply | undefined = checked;
  return retryOnConflict(async () => {
    present ??= await checkApply(cluster, item, live, options);
    const { before, force, upgraded, removed, isNeeded } = present;
    let { version } = present;
    if (!isNeeded) return { before, after: before, removed };
    present = undefined;
    const write = { dryRun: false, signal: writeSignal };
    if (upgraded) {
      const patch = [
        { op: 'replace', path: '/metadata/managedFields', value: upgraded },
        { op: 'replace', path: '/metadata/resourceVersion', value: version },
      ];
      const { metadata } = await patchObject(cluster, item, 'json', patch, write);
      version = metadata?.['resourceVersion'] as string | undefined;
    }
    const body = version === undefined ? item.object : atVersion(item.object, version);
    const after = await patchObject(cluster, item, 'apply', body, { ...write, force });
    return { before, after, removed };
  }, options.signal);
}

function atVersion(object: KubernetesObject, resourceVersion: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
