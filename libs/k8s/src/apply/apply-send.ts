import {
  FIELD_MANAGER,
  patchObject,
  retryOnConflict,
  type Change,
  type Cluster,
  type KubernetesObject,
} from '#cluster';
import { ToolError } from '#tools';
import type { ApplyOptions } from './apply-attempt.js';
import { checkApply, type CheckedApply } from './apply-check.js';
import type { LiveObjects } from './apply-live.js';
import type { ApplyItem } from './apply-plan.js';
import { KUBECTL_APPLY_MANAGER } from './ownership/managed-fields.js';

/** What an apply has done to an object. */
export interface Applied extends Change {
  removed: string[];
}

/**
 * Checks an object, and repeats the check if somebody else changes it meanwhile.
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
 * Applies one object as it was checked. The check is only valid for the version that was checked:
 * an apply to a later version might drop or take over other fields, so that version is checked
 * again.
 * @param writeSignal ends the write, a little later than `options.signal`, so that its outcome is
 * known
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
  let isTakenOver = false;
  const sending = retryOnConflict(async () => {
    present ??= await checkApply(cluster, item, live, options);
    const { before, manifest, force, upgraded, removed, isNeeded } = present;
    let { version } = present;
    if (!isNeeded) return { before, after: before, removed };
    present = undefined;
    const write = { dryRun: false, signal: writeSignal };
    if (upgraded) {
      const patch = [
        { op: 'add', path: '/metadata/managedFields', value: upgraded },
        { op: 'replace', path: '/metadata/resourceVersion', value: version },
      ];
      const { metadata } = await patchObject(cluster, item, 'json', patch, write);
      version = metadata?.['resourceVersion'] as string | undefined;
      isTakenOver = true;
    }
    const body = version === undefined ? manifest : atVersion(manifest, version);
    const after = await patchObject(cluster, item, 'apply', body, { ...write, force });
    return { before, after, removed };
  }, options.signal);
  try {
    return await sending;
  } catch (error) {
    throw isTakenOver ? halfDone(error, options.signal) : error;
  }
}

/** The failure of an apply between its two writes. */
function halfDone(error: unknown, { aborted, reason }: AbortSignal): unknown {
  const failure: unknown = !(error instanceof ToolError) && aborted ? reason : error;
  if (!(failure instanceof ToolError)) return failure;
  const taken = `Its fields of "${KUBECTL_APPLY_MANAGER}" and others that this call has taken over are managed by "${FIELD_MANAGER}" now.`;
  return failure.with({ message: `${failure.message} ${taken}` });
}

function atVersion(object: KubernetesObject, resourceVersion: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
