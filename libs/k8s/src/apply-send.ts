import {
  apiStatusOf,
  patchObject,
  type Change,
  type Cluster,
  type KubernetesObject,
} from '#cluster';
import { ToolError } from '#tools';
import { checkApply, type ApplyOptions, type CheckedApply } from './apply-check.js';
import type { LiveObjects } from './apply-live.js';
import type { ApplyItem } from './apply-plan.js';

const MOST_ATTEMPTS = 5;

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
  return untilSteady(() => checkApply(cluster, item, live, options));
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
  return untilSteady(async () => {
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
  });
}

/** Does it again, as long as it fails since the object has been changed meanwhile. */
async function untilSteady<T>(task: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isModified(error)) throw error;
    }
  }
}

/** The API server's own conflicts; those that the check has made of managers are for the caller. */
function isModified(error: unknown): boolean {
  return (
    error instanceof ToolError && error.code === 'conflict' && apiStatusOf(error) !== undefined
  );
}

function atVersion(object: KubernetesObject, resourceVersion: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
