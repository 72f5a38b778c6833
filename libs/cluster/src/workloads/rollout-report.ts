import type { Cluster } from '../cluster.js';
import { selectorText } from '../lists/label-selector.js';
import { whyPodsAreMissing } from './missing-pods.js';
import type { PodOwner } from './pod-owner.js';
import { factsLine, podCounts } from './rollout-facts.js';
import type { FollowedWorkload } from './follow-workload.js';
import type { Workload } from './rollout-state.js';
import type { WorkloadKind } from './workload-kinds.js';

const KINDS = { deployment: 'Deployment', daemonset: 'DaemonSet', statefulset: 'StatefulSet' };

/** DaemonSets note the number of their template here, and their pods in a label. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/**
 * The counts, images and time of a rollout, and for one that has not come to its end what its pods
 * wait for.
 * @throws the reason of the signal
 */
export async function rolloutReport(
  cluster: Cluster,
  kind: WorkloadKind,
  { workload, state: { state }, sawEnd }: FollowedWorkload,
  signal: AbortSignal,
): Promise<string[]> {
  const facts = factsLine(kind, workload, { state, sawEnd });
  if (state === 'complete') return [facts];
  return [facts, ...(await whyPodsAreMissing(cluster, ownerOf(kind, workload), signal))];
}

function ownerOf(kind: WorkloadKind, workload: Workload): PodOwner {
  const { metadata, spec } = workload;
  const { namespace, name, uid } = metadata;
  return {
    kind: KINDS[kind],
    namespace,
    name,
    uid,
    selector: selectorText(spec.selector),
    desired: podCounts(kind, workload).desired,
    minReadySeconds: spec.minReadySeconds,
    newest: newestOf(kind, workload),
    revisionAnnotation: kind === 'deployment' ? 'deployment.kubernetes.io/revision' : undefined,
  };
}

function newestOf(kind: WorkloadKind, { metadata, status }: Workload): PodOwner['newest'] {
  if (kind === 'statefulset' && status.updateRevision !== undefined) {
    return { label: 'controller-revision-hash', value: status.updateRevision };
  }
  const generation = metadata.annotations?.[TEMPLATE_GENERATION];
  if (kind !== 'daemonset' || generation === undefined) return undefined;
  return { label: 'pod-template-generation', value: generation };
}
