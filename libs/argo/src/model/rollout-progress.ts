import { ifFound, type Cluster } from '#cluster';
import { actualWeight, canaryPosition, setWeight, stepText } from './canary.js';
import type { ReplicaSet } from './rollout-revisions.js';
import { rolloutPhase } from './rollout-phase.js';
import { isFullyPromoted, type Rollout, type RolloutSpec } from './rollout.js';
import { isTakenUp } from './template-owner.js';

/** Where a rollout is in its update, and how many pods it has. */
export interface RolloutProgress {
  phase: string;
  message: string;
  /** Steps done, steps in total, and the current step. Undefined without steps. */
  step?: { done: number; of: number; at?: string };
  /**
   * Of a canary: shares of the traffic, out of 100 unless the traffic router has another maximum.
   */
  weight?: { set: number; actual: number };
  replicas: {
    desired: number;
    current: number;
    updated: number;
    ready: number;
    available: number | bigint;
  };
}

/** Why a rollout never continues without help, and the tool that lets it continue. */
export interface EndlessPause {
  /** A clause about the rollout: `it is paused by hand`. */
  why: string;
  tool: string;
}

/**
 * Where a rollout is in its update. Costs one extra request while a canary without a traffic router
 * is under way.
 */
export async function rolloutProgress(
  cluster: Cluster,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<RolloutProgress> {
  const { spec, status = {} } = rollout;
  const position = canaryPosition(rollout);
  const [{ phase, message }, available] = await Promise.all([
    presentPhase(cluster, rollout, signal),
    canaryAvailable(cluster, rollout, signal),
  ]);
  return {
    phase,
    message,
    ...(position && {
      step: {
        done: position.index,
        of: position.steps.length,
        ...(position.step && { at: stepText(position.step) }),
      },
    }),
    ...(spec.strategy?.canary && {
      weight: { set: setWeight(rollout), actual: actualWeight(rollout, available) },
    }),
    replicas: {
      desired: spec.replicas ?? 1,
      current: status.replicas ?? 0,
      updated: status.updatedReplicas ?? 0,
      ready: status.readyReplicas ?? 0,
      available: status.availableReplicas ?? 0,
    },
  };
}

/**
 * The phase of a rollout. The status of a rollout that takes its pods from a workload does not show
 * that the workload has just changed, so the workload is read too.
 */
async function presentPhase(cluster: Cluster, rollout: Rollout, signal: AbortSignal) {
  const phase = rolloutPhase(rollout);
  if (!rollout.spec.workloadRef || phase.phase === 'Progressing') return phase;
  const isPresent = await ifFound(isTakenUp(cluster, rollout, signal));
  // A workload that is gone no longer changes.
  if (isPresent ?? true) return phase;
  return {
    phase: 'Progressing',
    message: 'waiting for rollout spec update to be observed for the reference workload',
  };
}

/** Available pods of the new version of a canary whose weight is its share of the pods. */
async function canaryAvailable(
  cluster: Cluster,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<number> {
  const { metadata, spec, status = {} } = rollout;
  const isByReplicas = canaryPosition(rollout)?.step && !spec.strategy?.canary?.trafficRouting;
  if (!isByReplicas || isFullyPromoted(rollout) || !status.availableReplicas) return 0;
  const resource = await cluster.discovery.resolve('replicasets.apps', signal);
  const path = resource.path(metadata.namespace, `${metadata.name}-${status.currentPodHash}`);
  const replicaSet = await ifFound(cluster.request<ReplicaSet>(path, { signal }));
  return replicaSet?.status?.availableReplicas ?? 0;
}

/**
 * One line: `Paused - CanaryPauseStep | step 1/4 (at pause) | weight 20 (actual 20) | 1/5 updated,
 * 5 available`.
 */
export function progressLine({ phase, message, step, weight, replicas }: RolloutProgress): string {
  const at = step?.at === undefined ? '' : ` (at ${step.at})`;
  return [
    message === '' ? phase : `${phase} - ${message}`,
    ...(step ? [`step ${step.done}/${step.of}${at}`] : []),
    ...(weight ? [`weight ${weight.set} (actual ${weight.actual})`] : []),
    `${replicas.updated}/${replicas.desired} updated, ${replicas.available} available`,
  ].join(' | ');
}

/** Why a paused rollout never continues without help; undefined for one that does. */
export function endlessPause({ spec, status = {} }: Rollout): EndlessPause | undefined {
  if (spec.paused) return { why: 'it is paused by hand', tool: 'argo_resume_rollout' };
  const reasons = (status.pauseConditions ?? []).map(({ reason }) => reason);
  const endless = reasons.find((reason) => !endsByItself(reason, spec.strategy ?? {}, status));
  if (endless === undefined) return undefined;
  return { why: `it waits at a pause without end (${endless})`, tool: 'argo_promote' };
}

function endsByItself(
  reason: string,
  { canary, blueGreen }: NonNullable<RolloutSpec['strategy']>,
  { currentStepIndex = 0 }: NonNullable<Rollout['status']>,
): boolean {
  if (reason === 'CanaryPauseStep') {
    return canary?.steps?.[Number(currentStepIndex)]?.pause?.duration !== undefined;
  }
  if (reason !== 'BlueGreenPause' || !blueGreen) return false;
  return blueGreen.autoPromotionEnabled !== false && (blueGreen.autoPromotionSeconds ?? 0) > 0;
}
