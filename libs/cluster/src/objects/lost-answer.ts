import { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import { FIELD_MANAGER } from './field-manager.js';
import { ifFound } from './read-if-found.js';
import { isMade } from './made-change.js';
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
    if (isMade(object, patch)) {
      return 'It most likely was: the object is now as it was to be.';
    }
    const changedAt = lastChange(object);
    if (changedAt !== undefined && Date.parse(changedAt) >= sentAt - CLOCK_SKEW_MS) {
      return `${FIELD_MANAGER} changed the object at ${changedAt}, but not all of it is as it was to be: look at it with k8s_get.`;
    }
    // A controller may have overwritten the change at once.
    return isOtherVersion(object, patch)
      ? 'The object has changed since, which may be what came of it: look at it with k8s_get.'
      : `The object shows no change by ${FIELD_MANAGER} yet.`;
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

/** Whether an object is of another version than the one that a patch was for. */
function isOtherVersion({ metadata }: KubernetesObject, patch: unknown): boolean {
  const version = (patch as KubernetesObject | undefined)?.metadata?.['resourceVersion'];
  return version !== undefined && version !== metadata?.['resourceVersion'];
}

/** When this server's field manager changed an object last, as the API server has noted it. */
function lastChange({ metadata }: KubernetesObject): string | undefined {
  const entries = (metadata?.managedFields ?? []) as { manager?: string; time?: string }[];
  return entries
    .flatMap(({ manager, time = '' }) => (manager === FIELD_MANAGER ? time : []))
    .sort()
    .at(-1);
}
