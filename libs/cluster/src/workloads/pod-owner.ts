import { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import { isOwnedBy } from '../objects/owner.js';
import { fetchPages, listAll } from '../lists/list-pages.js';
import type { LivePod } from './pod-state.js';

/** What makes pods: a Deployment, StatefulSet, DaemonSet or Rollout (Argo). */
export interface PodOwner {
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  /** Of its pods, as text. */
  selector: string;
  /** How many pods it should have. */
  desired: number;
  minReadySeconds?: number | undefined;
  /** The label and its value that pods of the newest template have, where the owner says it. */
  newest?: { label: string; value: string } | undefined;
  /** The annotation of ReplicaSets with their revision, where its pods are made by them. */
  revisionAnnotation?: string | undefined;
}

/** What is read of a ReplicaSet. */
export interface OwnedReplicaSet {
  metadata: {
    name: string;
    uid: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { uid: string }[];
  };
  status?: { conditions?: { type: string; status: string; message?: string }[] };
}

type OwnedPod = LivePod & Pick<OwnedReplicaSet, 'metadata'>;

/** What is read of an event (core/v1). */
export interface WarningEvent {
  metadata: { creationTimestamp?: string };
  reason?: string;
  message?: string;
  count?: number;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string | null } | null;
}

/** Pods of one workload that are looked at. */
export const MAX_PODS = 1_000;
const PAGE_PODS = 500;

/** The pods that an owner, or a ReplicaSet of it, has made. */
export async function podsOf(
  cluster: Cluster,
  { namespace, selector: labelSelector, uid }: PodOwner,
  replicaSets: readonly OwnedReplicaSet[],
  signal: AbortSignal,
): Promise<LivePod[]> {
  const resource = await cluster.discovery.resolveKind('v1', 'Pod', signal);
  const makers = [uid, ...replicaSets.map(({ metadata }) => metadata.uid)];
  const query = { resource, namespace, labelSelector };
  const pods: OwnedPod[] = [];
  const pages = fetchPages<{ items: OwnedPod[] }>(cluster, query, { limit: PAGE_PODS, signal });
  for await (const { list, replaces } of pages) {
    if (replaces > 0) pods.splice(-replaces);
    pods.push(...list.items);
    if (pods.length >= MAX_PODS) break;
  }
  return pods.filter(({ metadata }) => makers.some((maker) => isOwnedBy(metadata, maker)));
}

/** The ReplicaSets of an owner, the newest first; none where its kind needs none. */
export async function replicaSetsOf(
  cluster: Cluster,
  { namespace, selector: labelSelector, uid, revisionAnnotation }: PodOwner,
  signal: AbortSignal,
): Promise<OwnedReplicaSet[]> {
  if (revisionAnnotation === undefined) return [];
  const resource = await cluster.discovery.resolve('replicasets.apps', signal);
  const query = { resource, namespace, labelSelector };
  const all = await listAll<OwnedReplicaSet>(cluster, query, signal);
  const revisionOf = ({ metadata }: OwnedReplicaSet) =>
    Number(metadata.annotations?.[revisionAnnotation] ?? 0);
  return all
    .filter(({ metadata }) => isOwnedBy(metadata, uid))
    .sort((a, b) => revisionOf(b) - revisionOf(a));
}

/** The warnings about one object, the newest first; none for who may not read events. */
export async function warningsOf(
  cluster: Cluster,
  namespace: string,
  uid: string,
  signal: AbortSignal,
): Promise<WarningEvent[]> {
  const resource = await cluster.discovery.resolveKind('v1', 'Event', signal);
  const fieldSelector = `involvedObject.uid=${uid},type=Warning`;
  const query = { resource, namespace, fieldSelector };
  const found = await listAll<WarningEvent>(cluster, query, signal).catch((error: unknown) => {
    if (error instanceof ToolError && error.code === 'forbidden') return [];
    throw error;
  });
  return found.sort((a, b) => Date.parse(lastSeen(b)) - Date.parse(lastSeen(a)));
}

/** When an event was last seen. */
export function lastSeen({ series, lastTimestamp, eventTime, metadata }: WarningEvent): string {
  const seen = series?.lastObservedTime ?? lastTimestamp ?? eventTime;
  return seen ?? metadata.creationTimestamp ?? '';
}
