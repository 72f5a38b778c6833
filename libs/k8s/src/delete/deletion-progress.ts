import { setTimeout as sleep } from 'node:timers/promises';
import {
  apiStatusOf,
  Outage,
  readObject,
  type Cluster,
  type KubernetesObject,
  type ObjectRef,
} from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { dependentsText } from './dependents.js';

/** Milliseconds between two looks, when a watch fails or ends early. */
const PAUSE_MS = 500;

/** Most milliseconds for the last look, which shows the object's state at the time limit. */
const LAST_LOOK_MS = 5_000;

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

interface Condition {
  status: string;
  message?: string;
}

/**
 * Waits until an object is gone or another one has taken its name, also while the cluster is
 * unreachable.
 * @returns undefined once it is gone, or its last state at the time limit
 * @throws ToolError as `readObject`
 */
export async function untilGone(
  cluster: Cluster,
  ref: ObjectRef,
  before: KubernetesObject,
  seconds: number,
  { signal: cancelled, progress }: ToolCall,
): Promise<KubernetesObject | undefined> {
  const ended = AbortSignal.any([cancelled, AbortSignal.timeout(seconds * 1_000)]);
  const outage = new Outage(ended, (message) => progress({ progress: 0, message }));
  const isGone = (object: KubernetesObject) => object.metadata?.uid !== before.metadata?.uid;
  let now = before;
  for (;;) {
    const read =
      (await outage.survive(() => lookAt(cluster, ref, ended))) ??
      (await lastLook(cluster, ref, cancelled));
    cancelled.throwIfAborted();
    if (!read) return now;
    if (!read.object || isGone(read.object)) return undefined;
    now = read.object;
    if (ended.aborted) return now;
    if (await sawDeletion(cluster, ref, now, isGone, ended)) return undefined;
    await sleep(PAUSE_MS, undefined, { signal: ended }).catch(() => undefined);
    cancelled.throwIfAborted();
  }
}

/** What the deletion of an object waits for, as text. */
export async function obstaclesOf(
  cluster: Cluster,
  { resource, namespace }: ObjectRef,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<string> {
  const { finalizers = [], deletionGracePeriodSeconds: grace = 0 } = (object.metadata ?? {}) as {
    finalizers?: string[];
    deletionGracePeriodSeconds?: number;
  };
  const others = finalizers.filter((name) => name !== FOREGROUND && name !== ORPHAN);
  const obstacles: string[] = [];
  if (others.length > 0) {
    obstacles.push(`its finalizers ${others.join(', ')} (each is removed by its own controller)`);
  }
  if (finalizers.includes(FOREGROUND)) {
    obstacles.push(
      await dependentsText(cluster, resource.namespaced ? namespace : undefined, object, signal),
    );
  }
  if (finalizers.includes(ORPHAN)) obstacles.push('its dependents to be released');
  if (resource.groupResource === 'namespaces') obstacles.push(...conditionsOf(object));
  if (obstacles.length === 0 && grace > 0) obstacles.push(`its grace period of ${grace} s`);
  return obstacles.join('; ') || 'the API server to remove it';
}

/**
 * Watches an object until it is gone (true) or the watch ends (false). A failure of the watch is
 * ignored: the next look reports it.
 */
async function sawDeletion(
  cluster: Cluster,
  { resource, namespace, name }: ObjectRef,
  now: KubernetesObject,
  isGone: (object: KubernetesObject) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const query = {
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: String(now.metadata?.resourceVersion),
  };
  try {
    const events = cluster.watch<KubernetesObject>(resource.path(namespace), { query, signal });
    for await (const { type, object } of events) {
      if (type === 'DELETED' || (type !== 'BOOKMARK' && isGone(object))) return true;
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
  }
  return false;
}

/** As `lookAt`, after the time limit; undefined if the cluster does not answer in time. */
async function lastLook(cluster: Cluster, ref: ObjectRef, cancelled: AbortSignal) {
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(LAST_LOOK_MS)]);
  return lookAt(cluster, ref, signal).catch(() => undefined);
}

/** The object that has the name now, if any. */
async function lookAt(
  cluster: Cluster,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<{ object?: KubernetesObject }> {
  try {
    return { object: await readObject(cluster, ref, signal) };
  } catch (error) {
    if (apiStatusOf(error)?.code === 404) return {};
    throw error;
  }
}

/** What the conditions of a namespace say about its deletion. */
function conditionsOf({ status }: KubernetesObject): string[] {
  const { conditions = [] } = (status ?? {}) as { conditions?: Condition[] };
  return conditions.flatMap(({ status: state, message }) =>
    state === 'True' && message ? [message.replace(/\.$/, '')] : [],
  );
}
