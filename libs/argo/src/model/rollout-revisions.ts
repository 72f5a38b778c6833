import { isOwnedBy, listAll, selectorText, type Cluster } from '#cluster';
import type { PodTemplate, Rollout, StoredMetadata } from './rollout.js';

const REVISION = 'rollout.argoproj.io/revision';
/** The label with the hash of a version, on its ReplicaSet and its pods. */
export const TEMPLATE_HASH = 'rollouts-pod-template-hash';

/** What is read of a ReplicaSet. */
export interface ReplicaSet {
  metadata: StoredMetadata;
  spec: { replicas?: number; template: PodTemplate };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    availableReplicas?: number;
    conditions?: { type: string; status: string }[];
  };
}

/** One version of a rollout, kept as a ReplicaSet. */
export interface Revision {
  revision: number;
  replicaSet: ReplicaSet;
  /** As it was written, without the label that the controller adds. */
  template: PodTemplate;
}

/** The revisions of a rollout that are kept, oldest first. */
export async function revisionsOf(
  cluster: Cluster,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<Revision[]> {
  return (await replicaSetsOf(cluster, rollout, signal))
    .map((replicaSet) => ({
      revision: revisionOf(replicaSet.metadata),
      replicaSet,
      template: withoutHash(replicaSet.spec.template),
    }))
    .filter(({ revision }) => revision > 0)
    .sort((a, b) => a.revision - b.revision);
}

/** The ReplicaSets that a rollout owns. */
async function replicaSetsOf(
  cluster: Cluster,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<ReplicaSet[]> {
  const resource = await cluster.discovery.resolve('replicasets.apps', signal);
  const { namespace } = rollout.metadata;
  const query = { resource, namespace, labelSelector: podSelector(rollout) };
  const all = await listAll<ReplicaSet>(cluster, query, signal);
  return all.filter(({ metadata }) => isOwnedBy(metadata, rollout.metadata.uid));
}

/**
 * The labels of a rollout's pods and ReplicaSets. With a workloadRef, only the controller knows
 * them.
 */
export function podSelector({ spec, status }: Rollout): string {
  return spec.selector ? selectorText(spec.selector) : (status?.selector ?? '');
}

/** The revision that an object of a rollout belongs to; 0 if none. */
export function revisionOf({ annotations }: Pick<StoredMetadata, 'annotations'>): number {
  return Number(annotations?.[REVISION] ?? 0) || 0;
}

/** The hash that identifies a version of a rollout. */
export function templateHash({ metadata }: ReplicaSet): string | undefined {
  return metadata.labels?.[TEMPLATE_HASH];
}

function withoutHash({ metadata, ...template }: PodTemplate): PodTemplate {
  const { [TEMPLATE_HASH]: _, ...labels } = metadata?.labels ?? {};
  return { ...template, metadata: { ...metadata, labels } };
}
