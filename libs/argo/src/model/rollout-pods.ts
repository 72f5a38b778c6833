import { whyPodsAreMissing, type Cluster } from '#cluster';
import { podSelector } from './rollout-revisions.js';
import type { RolloutPhase } from './rollout-phase.js';
import type { Rollout } from './rollout.js';

/** Phases in which a rollout waits for nobody, and its pods may be what holds it up. */
const MOVING = ['Progressing', 'Degraded', 'Unknown'];

/**
 * Why the pods of a rollout do not come, in lines; none where its pods are not what it waits for.
 * @throws the reason of the signal
 */
export async function missingPods(
  cluster: Cluster,
  rollout: Rollout,
  { phase }: Pick<RolloutPhase, 'phase'>,
  signal: AbortSignal,
): Promise<string[]> {
  const { metadata, spec, status = {} } = rollout;
  const selector = podSelector(rollout);
  // After an abort its phase stays Degraded, however well the pods of the stable version are.
  if (!MOVING.includes(phase) || status.abort || selector === '') return [];
  const { namespace, name, uid } = metadata;
  const value = status.currentPodHash;
  const owner = {
    kind: 'Rollout',
    namespace,
    name,
    uid,
    selector,
    desired: spec.replicas ?? 1,
    minReadySeconds: spec.minReadySeconds,
    newest: value === undefined ? undefined : { label: 'rollouts-pod-template-hash', value },
    revisionAnnotation: 'rollout.argoproj.io/revision',
  };
  return whyPodsAreMissing(cluster, owner, signal);
}
