import { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import { FIELD_MANAGER } from './field-manager.js';
import { ifFound } from './read-if-found.js';
import { isMade } from './made-change.js';
import { ownsAny } from './owned-fields.js';
import type { KubernetesObject } from '../secrets/redact.js';
import type { ObjectRef } from './object-ref.js';

/** Milliseconds for reading an object after the answer to its change was lost. */
const LOOK_MS = 1_500;

/** By how much the clocks of an API server and of this server may differ, in milliseconds. */
const CLOCK_SKEW_MS = 2_000;

/** A change as it was sent. */
interface SentChange {
  /** When, as `Date.now()` counts. */
  sentAt: number;
  /** See `isMade`. */
  patch: unknown;
  subresource?: string | undefined;
}

/**
 * The failure of a change. If the answer was lost, the object is read and its state is added to the
 * message. Any other failure is returned unchanged.
 */
export function withFateOfChange(
  cluster: Cluster,
  ref: ObjectRef,
  error: unknown,
  { sentAt, patch, subresource }: SentChange,
): Promise<unknown> {
  const tell = (object: KubernetesObject | undefined) => {
    if (!object) return 'It is not there now.';
    if (isMade(object, patch)) return 'It most likely was: the object now matches it.';
    const unchanged = `The object shows no change by ${FIELD_MANAGER} yet.`;
    const [version, versionNow] = [versionOf(patch), versionOf(object)];
    if (version !== undefined && version === versionNow) return unchanged;
    const changedAt = lastChange(object, patch, subresource);
    if (changedAt !== undefined && Date.parse(changedAt) >= sentAt - CLOCK_SKEW_MS) {
      return `${FIELD_MANAGER} last changed these fields at ${changedAt}, but the object does not match this change. Read the object again.`;
    }
    // A controller may have overwritten the change at once.
    return version === undefined
      ? unchanged
      : 'The object has changed since, perhaps by this change. Read the object again.';
  };
  return withFate(cluster, ref, error, tell, subresource);
}

/** The same for a deletion. */
export function withFateOfDeletion(
  cluster: Cluster,
  ref: ObjectRef,
  error: unknown,
): Promise<unknown> {
  return withFate(cluster, ref, error, (object) => {
    if (!object) return 'It is gone now.';
    const isLeaving = object.metadata?.['deletionTimestamp'] !== undefined;
    return isLeaving ? 'It is being deleted now.' : 'It is still there.';
  });
}

async function withFate(
  cluster: Cluster,
  { resource, namespace, name }: ObjectRef,
  error: unknown,
  tell: (object: KubernetesObject | undefined) => string,
  subresource?: string,
): Promise<unknown> {
  if (!(error instanceof ToolError) || !error.isOutcomeUnknown) return error;
  const path = resource.path(namespace, name, subresource);
  try {
    const options = { timeoutMs: LOOK_MS, isUrgent: true };
    const object = await ifFound(cluster.request<KubernetesObject>(path, options));
    return error.with({ message: `${error.message} ${tell(object)}` });
  } catch {
    // The read failed as the change did.
    return error;
  }
}

/** The version of an object, or the one that a patch is for; undefined where it names none. */
function versionOf(object: unknown): unknown {
  return (object as KubernetesObject | undefined)?.metadata?.['resourceVersion'];
}

/** An entry of `metadata.managedFields`. */
interface ManagedFields {
  manager?: string;
  subresource?: string;
  time?: string;
  fieldsV1?: unknown;
}

/** When this server's field manager last changed fields that a patch sets. */
function lastChange(
  { metadata }: KubernetesObject,
  patch: unknown,
  subresource = '',
): string | undefined {
  const entries = (metadata?.managedFields ?? []) as ManagedFields[];
  return entries
    .filter((entry) => entry.manager === FIELD_MANAGER && (entry.subresource ?? '') === subresource)
    .filter(({ fieldsV1 }) => ownsAny(fieldsV1, patch))
    .map(({ time = '' }) => time)
    .sort()
    .at(-1);
}
