import type { CanaryStep, Rollout } from './rollout.js';

/** Where a canary is in its steps. */
export interface CanaryPosition {
  steps: readonly CanaryStep[];
  /** Index of the current step, from 0; the number of steps once all are done. */
  index: number;
  /** Undefined once all are done. */
  step: CanaryStep | undefined;
}

/** Where a canary with steps stands; undefined for any other rollout. */
export function canaryPosition({ spec, status = {} }: Rollout): CanaryPosition | undefined {
  const steps = spec.strategy?.canary?.steps;
  if (!steps || steps.length === 0) return undefined;
  const index = Number(status.currentStepIndex ?? 0);
  return { steps, index, step: steps[index] };
}

/** The weight that stands for all traffic. */
function maxWeight({ spec }: Rollout): number {
  return Number(spec.strategy?.canary?.trafficRouting?.maxTrafficWeight ?? 100);
}

/** The weight that the steps so far set for the new version. */
export function setWeight(rollout: Rollout): number {
  if (rollout.status?.abort) return 0;
  const position = canaryPosition(rollout);
  if (!position?.step) return maxWeight(rollout);
  const { steps, index } = position;
  return steps.slice(0, index + 1).findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0;
}

/**
 * The weight that the new version has: what the traffic router was given or, without one, its share
 * of the available pods.
 * @param canaryAvailable available pods of the new version
 */
export function actualWeight(rollout: Rollout, canaryAvailable: number): number {
  const { spec, status = {} } = rollout;
  if (!canaryPosition(rollout)?.step) return maxWeight(rollout);
  const available = Number(status.availableReplicas ?? 0);
  if (available === 0) return 0;
  if (spec.strategy?.canary?.trafficRouting) {
    return status.canary?.weights?.canary.weight ?? setWeight(rollout);
  }
  return Math.floor((canaryAvailable * maxWeight(rollout)) / available);
}

/** A step in a few words: `setWeight 20`, `pause`, `pause 30s`, `analysis`. */
export function stepText({ pause, setCanaryScale: scale, ...step }: CanaryStep): string {
  if (step.setWeight !== undefined) return `setWeight ${step.setWeight}`;
  if (pause)
    return pause.duration === undefined ? 'pause' : `pause ${durationText(pause.duration)}`;
  if (scale) {
    if (scale.weight !== undefined) return `setCanaryScale weight ${scale.weight}`;
    return scale.replicas === undefined
      ? 'setCanaryScale to the traffic weight'
      : `setCanaryScale replicas ${scale.replicas}`;
  }
  const { plugin, setHeaderRoute, setMirrorRoute } = step;
  if (plugin) return `plugin ${plugin.name}`;
  if (setHeaderRoute) return `setHeaderRoute ${setHeaderRoute.name}`;
  if (setMirrorRoute) return `setMirrorRoute ${setMirrorRoute.name}`;
  return step.experiment ? 'experiment' : 'analysis';
}

/** A number is in seconds. */
function durationText(duration: string | number): string {
  return /^\d+$/.test(String(duration)) ? `${duration}s` : String(duration);
}
