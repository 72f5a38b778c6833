import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ifFound, type Cluster, type LivePod } from '#cluster';
import { podPath } from '../pods/pod-path.js';

/** Has the random id of the call that created the pod. */
const CALL_ANNOTATION = 'mcp.skyflo.ai/call';
/**
 * How often to look for a pod whose creation was not answered: the API server may still be creating
 * it.
 */
const LOOKS = 3;
/** Milliseconds between two looks. */
const LOOK_MS = 1_000;

type PodRef = Pick<LivePod['metadata'], 'namespace' | 'name'>;

/**
 * The annotation by which a call recognizes its own pod, even without the answer to its creation.
 */
export function newCallAnnotation(): Record<string, string> {
  return { [CALL_ANNOTATION]: randomUUID() };
}

/**
 * Deletes a pod, and no other pod of the same name. Never throws, so that a failed removal does not
 * hide what the pod did.
 * @returns what happened to it, to follow its name: "was removed."
 */
export async function removePod(cluster: Cluster, { metadata }: LivePod): Promise<string> {
  const { uid } = metadata;
  let failure: unknown;
  try {
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid } };
    await cluster.request(pathOf(metadata), { method: 'DELETE', body });
  } catch (error) {
    failure = error;
  }
  // A failed request may still have deleted the pod, and a deleted pod may be in its grace period.
  const look = await lookAt(cluster, metadata);
  if (!('error' in look) && look.pod?.metadata.uid !== uid) return 'was removed.';
  const isLeaving = !('error' in look) && look.pod?.metadata.deletionTimestamp !== undefined;
  if (isLeaving || failure === undefined) return 'is being removed.';
  return `could not be removed: ${messageOf(failure)} Delete it with k8s_delete.`;
}

/**
 * Deletes the pod of a creation that was not answered, if it exists and has this call's annotation.
 * Never throws.
 * @returns what happened to it, to follow its name
 */
export async function removeIfCreated(
  cluster: Cluster,
  pod: PodRef,
  annotation: Record<string, string>,
): Promise<string> {
  for (let looks = 1; ; looks++) {
    const look = await lookAt(cluster, pod);
    if ('error' in look) {
      return `may be there, which could not be found out: ${messageOf(look.error)} Look with k8s_get.`;
    }
    if (look.pod) {
      const id = look.pod.metadata.annotations?.[CALL_ANNOTATION];
      const isOurs = id !== undefined && id === annotation[CALL_ANNOTATION];
      return isOurs ? removePod(cluster, look.pod) : 'was not created: another has its name.';
    }
    if (looks === LOOKS) return 'is not there.';
    await sleep(LOOK_MS);
  }
}

/** The pod that has the name now, if any. */
async function lookAt(
  cluster: Cluster,
  pod: PodRef,
): Promise<{ pod: LivePod | undefined } | { error: unknown }> {
  try {
    return { pod: await ifFound(cluster.request<LivePod>(pathOf(pod))) };
  } catch (error) {
    return { error };
  }
}

function pathOf({ namespace, name }: PodRef): string {
  return podPath(namespace, name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
