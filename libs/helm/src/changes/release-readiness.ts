import { inOrder } from '#base';
import {
  containerStatuses,
  isFinished,
  isReady,
  listAll,
  rolloutState,
  selectorText,
  stateOf,
  WORKLOAD_KINDS,
  type Cluster,
  type KubernetesObject,
  type LivePod,
  type Workload,
  type WorkloadKind,
} from '#cluster';
import { labelOf, liveObject, renderedObjects, type RenderedObject } from './rendered-objects.js';
import type { Release } from '../releases/release.js';

const READ_CONCURRENCY = 8;
/** Pods of one workload that a line names. */
const MAX_PODS = 3;

/**
 * Finds out what of a release is not ready, and why: a line for each object, none when all are
 * ready. Throws as `Cluster.request`.
 */
export async function unreadyObjects(
  cluster: Cluster,
  release: Release,
  signal: AbortSignal,
): Promise<string[]> {
  const { manifest, hooks, namespace } = release;
  const objects = await renderedObjects(manifest, namespace, signal);
  const hookManifests = hooks.map((hook) => hook.manifest ?? '').join('\n---\n');
  const hookObjects = await renderedObjects(hookManifests, namespace, signal);
  const lines: string[] = [];
  const tell = (object: RenderedObject, stop: AbortSignal) => reasonOf(cluster, object, stop);
  for await (const line of inOrder(objects, READ_CONCURRENCY, signal, tell)) {
    if (line !== undefined) lines.push(line);
  }
  for (const object of hookObjects.filter(({ kind }) => kind === 'Job' || kind === 'Pod')) {
    const live = await liveObject(cluster, object, signal);
    if (!live || hasEnded(live)) continue;
    const state = await hookState(cluster, object, live, signal);
    lines.push(`hook ${labelOf(object)} ${state}`);
  }
  return lines;
}

async function reasonOf(
  cluster: Cluster,
  object: RenderedObject,
  signal: AbortSignal,
): Promise<string | undefined> {
  const kind = object.kind.toLowerCase();
  const isWorkload = WORKLOAD_KINDS.includes(kind as WorkloadKind);
  if (!isWorkload && !['Pod', 'PersistentVolumeClaim'].includes(object.kind)) return undefined;
  const label = labelOf(object);
  const live = await liveObject(cluster, object, signal);
  if (!live) return `${label}: is not there yet`;
  if (object.kind === 'Pod') {
    const pod = live as unknown as LivePod;
    return isReady(pod) || isFinished(pod) ? undefined : `${label}: ${stateOf(pod)}`;
  }
  if (!isWorkload) {
    const phase = (live['status'] as { phase?: string } | undefined)?.phase;
    return phase === 'Bound' ? undefined : `${label}: ${phase ?? 'Pending'}`;
  }
  const { state, message } = rolloutState(kind as WorkloadKind, live as unknown as Workload);
  if (state === 'complete' || state === 'manual') return undefined;
  const pods = await waitingPods(cluster, object.namespace, live, signal);
  return [`${label}: ${message}`, ...pods].join('; ');
}

/** The pods of a workload that are not ready, with the reason. */
async function waitingPods(
  cluster: Cluster,
  namespace: string,
  workload: KubernetesObject,
  signal: AbortSignal,
): Promise<string[]> {
  const pods = await podsOf(cluster, namespace, workload, signal);
  return pods
    .filter((pod) => !isReady(pod) && !isFinished(pod))
    .slice(0, MAX_PODS)
    .map((pod) => `pod ${pod.metadata.name} is ${stateOf(pod)}`);
}

async function podsOf(
  cluster: Cluster,
  namespace: string,
  owner: KubernetesObject,
  signal: AbortSignal,
): Promise<LivePod[]> {
  const labelSelector = selectorText((owner['spec'] as { selector?: unknown }).selector);
  const resource = await cluster.discovery.resolve('pods', signal);
  return listAll<LivePod>(cluster, { resource, namespace, labelSelector }, signal);
}

/** What a hook that has not ended is doing. The state of a Job is that of its pods. */
async function hookState(
  cluster: Cluster,
  { kind, namespace }: RenderedObject,
  live: KubernetesObject,
  signal: AbortSignal,
): Promise<string> {
  const pods =
    kind === 'Pod' ? [live as unknown as LivePod] : await podsOf(cluster, namespace, live, signal);
  if (pods.length === 0) return 'has no pod yet';
  const waiting = pods.find((pod) => !isFinished(pod) && isWaiting(pod));
  if (!waiting) return 'is running';
  const state = stateOf(waiting);
  return kind === 'Pod' ? `is ${state}` : `waits: pod ${waiting.metadata.name} is ${state}`;
}

function isWaiting(pod: LivePod): boolean {
  if (pod.status?.phase !== 'Running') return true;
  return containerStatuses(pod).some(({ state }) => state?.waiting !== undefined);
}

function hasEnded(object: KubernetesObject): boolean {
  const status = object['status'] as
    { phase?: string; conditions?: { type: string; status: string }[] } | undefined;
  const isOver = status?.conditions?.some(
    ({ type, status: value }) => ['Complete', 'Failed'].includes(type) && value === 'True',
  );
  return isOver === true || ['Succeeded', 'Failed'].includes(status?.phase ?? '');
}
