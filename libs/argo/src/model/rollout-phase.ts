import { isFullyPromoted, type Rollout } from './rollout.js';

/** Where a rollout stands: Healthy, Degraded, Progressing, Paused, ... and why. */
export interface RolloutPhase {
  phase: string;
  /** "" if there is nothing to add. */
  message: string;
}

const WORKLOAD_GENERATION = 'rollout.argoproj.io/workload-generation';

/**
 * The phase of a rollout, by the rules of Argo Rollouts (utils/rollout, GetRolloutPhase): the phase
 * in its status, unless the controller has not yet acted on the latest request.
 */
export function rolloutPhase(rollout: Rollout): RolloutPhase {
  const { status = {} } = rollout;
  const pending = pendingOf(rollout);
  if (pending) return progressing(pending);
  if (status.phase) return { phase: status.phase, message: status.message ?? '' };
  return calculatedPhase(rollout);
}

/**
 * Whether the controller has observed the current spec of the rollout and, by the annotation on the
 * rollout, that of the workload that it refers to.
 */
export function isObserved({ metadata, spec, status = {} }: Rollout): boolean {
  const observed = Number(status.observedGeneration ?? NaN);
  const generation = metadata.generation ?? 0;
  // Controllers before 0.10 put a hash there.
  if (observed < generation) return false;
  const workload = metadata.annotations?.[WORKLOAD_GENERATION];
  const observedWorkload = status.workloadObservedGeneration;
  return !spec.workloadRef || !workload || !observedWorkload || workload === observedWorkload;
}

/** A request to the controller that its phase does not show yet. */
function pendingOf(rollout: Rollout): string | undefined {
  const { status = {} } = rollout;
  const { abort = false, abortedAt, controllerPause, pauseConditions = [], promoteFull } = status;
  if (!isObserved(rollout)) return 'waiting for rollout spec update to be observed';
  if (controllerPause && pauseConditions.length === 0) return 'waiting for rollout to unpause';
  if (abort && !abortedAt) return 'waiting for rollout to abort';
  if (!abort && abortedAt) return 'waiting for rollout to retry';
  if (promoteFull && status.phase === 'Paused') return 'waiting for full promotion';
  return undefined;
}

/**
 * For a status without a phase: from a controller before 1.0, or of a rollout that no controller
 * has seen.
 */
function calculatedPhase(rollout: Rollout): RolloutPhase {
  const { spec, status = {} } = rollout;
  for (const { type, reason = '', message = '' } of status.conditions ?? []) {
    if (type === 'InvalidSpec') return { phase: 'Degraded', message: `${type}: ${message}` };
    if (reason === 'RolloutAborted' || reason === 'ProgressDeadlineExceeded') {
      return { phase: 'Degraded', message: `${reason}: ${message}` };
    }
  }
  if (spec.paused) return { phase: 'Paused', message: 'manually paused' };
  const [pause] = status.pauseConditions ?? [];
  if (pause) return { phase: 'Paused', message: pause.reason };
  if (spec.restartAt && !isSameTime(spec.restartAt, status.restartedAt)) {
    return progressing('rollout is restarting');
  }
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = status;
  if (updated < (spec.replicas ?? 1)) return progressing('more replicas need to be updated');
  if (available < updated) return progressing('updated replicas are still becoming available');
  const { canary, blueGreen } = spec.strategy ?? {};
  if (blueGreen && status.blueGreen?.activeSelector !== status.currentPodHash) {
    return progressing('active service cutover pending');
  }
  if (canary && !canary.trafficRouting && replicas > updated) {
    return progressing('old replicas are pending termination');
  }
  if (!status.stableRS || !isFullyPromoted(rollout)) {
    return progressing(
      canary ? 'waiting for all steps to complete' : 'waiting for post-promotion verification',
    );
  }
  return { phase: 'Healthy', message: '' };
}

function progressing(message: string): RolloutPhase {
  return { phase: 'Progressing', message };
}

function isSameTime(one: string, other: string | undefined): boolean {
  return other !== undefined && Date.parse(one) === Date.parse(other);
}
