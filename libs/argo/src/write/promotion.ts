import { ToolError } from '#tools';
import { canaryPosition } from '../model/canary.js';
import { isFullyPromoted, type Rollout } from '../model/rollout.js';
import type { RolloutPatches } from './rollout-patches.js';
import { rolloutPhase } from '../model/rollout-phase.js';
import { DONE, hasActed, notDone, type Asked, type Verdict } from './verb-outcome.js';

/** What a promotion sends, and what that means. */
export interface Promotion extends RolloutPatches {
  summary: string;
  verdict: Asked['verdict'];
}

/**
 * What a promotion changes, like the Argo Rollouts plugin (cmd/promote). It ends a pause; without a
 * pause, it skips the current canary step. A full promotion skips everything that is left.
 * @param target the rollout's name in messages
 * @throws ToolError `precondition` where there is nothing to promote, with what would work
 */
export function promotionOf(target: string, rollout: Rollout, isFull: boolean): Promotion {
  refuseSettled(target, rollout);
  return isFull ? fullPromotion(target, rollout) : nextStep(target, rollout);
}

function refuseSettled(target: string, rollout: Rollout): void {
  const { spec, status = {} } = rollout;
  if (status.abort) {
    throw refusal(
      target,
      'is aborted, so it cannot be promoted. argo_retry starts the update again; argo_undo goes back for good.',
    );
  }
  refuseUnseen(target, rollout);
  if (!isFullyPromoted(rollout)) return;
  throw refusal(
    target,
    spec.paused
      ? 'is fully promoted; it is only paused by hand. argo_resume_rollout ends that.'
      : 'is fully promoted: no update is under way. argo_set_image starts one.',
  );
}

function fullPromotion(target: string, { spec, status = {} }: Rollout): Promotion {
  if (status.promoteFull && !spec.paused) {
    throw refusal(target, 'is being promoted in full already. Follow it with argo_status.');
  }
  return {
    spec: spec.paused ? { paused: false } : undefined,
    status: { promoteFull: true },
    summary: 'promoted in full: the remaining steps, pauses and analysis are skipped',
    verdict: verdictInFull,
  };
}

function nextStep(target: string, rollout: Rollout): Promotion {
  const { spec, status = {} } = rollout;
  const unpause = spec.paused ? { paused: false } : undefined;
  const reasons = (status.pauseConditions ?? []).map(({ reason }) => reason);
  const position = canaryPosition(rollout);
  const next = position && Math.min(position.index + 1, position.steps.length);
  const inconclusive =
    status.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive' &&
    status.controllerPause === true;
  if (reasons.length > 0 && inconclusive && position) {
    return {
      spec: unpause,
      status: { pauseConditions: null, controllerPause: false, currentStepIndex: next },
      summary: `promoted past its inconclusive analysis, to step ${next} of ${position.steps.length}`,
      verdict: (now, sent) => verdictAtStep(now, sent, next ?? 0),
    };
  }
  if (reasons.length > 0) {
    return {
      spec: unpause,
      status: { pauseConditions: null },
      summary: `promoted past ${reasons.join(', ')}`,
      verdict: (now, sent) => verdictPastPause(now, sent, rollout),
    };
  }
  if (position?.step) {
    return {
      spec: unpause,
      status: { pauseConditions: null, currentStepIndex: next },
      summary: `promoted to step ${next} of ${position.steps.length}: the current one is skipped`,
      verdict: (now, sent) => verdictAtStep(now, sent, next ?? 0),
    };
  }
  if (unpause) {
    return {
      spec: unpause,
      summary: 'promoted: it is no longer paused by hand',
      verdict: () => DONE,
    };
  }
  throw refusal(target, `${nothingWaits(rollout)} full=true skips what is left.`);
}

function verdictInFull(now: Rollout, sent: Rollout): Verdict {
  if (isFullyPromoted(now)) return DONE;
  if (!now.status?.promoteFull) return notDone('an abort or another update has ended that');
  // The pauses and steps are skipped at once, however long the new pods then take.
  const isSkipped = !canaryPosition(now)?.step && !isWaiting(now);
  return isSkipped && hasActed(now, sent) ? DONE : undefined;
}

function verdictPastPause(now: Rollout, sent: Rollout, before: Rollout): Verdict {
  const { pauseConditions, controllerPause, currentStepIndex } = now.status ?? {};
  const [pause] = pauseConditions ?? [];
  if (!pause) return hasActed(now, sent) && !controllerPause ? DONE : undefined;
  const isSame =
    currentStepIndex === before.status?.currentStepIndex &&
    before.status?.pauseConditions?.some(({ reason }) => reason === pause.reason);
  return isSame ? notDone(`it waits there again (${pause.reason})`) : DONE;
}

function verdictAtStep(now: Rollout, sent: Rollout, step: number): Verdict {
  const isBack = (now.status?.currentStepIndex ?? 0) < step && !isFullyPromoted(now);
  if (isBack) return notDone('its controller has started the steps again');
  return hasActed(now, sent) ? DONE : undefined;
}

function isWaiting({ status = {} }: Rollout): boolean {
  return (status.pauseConditions ?? []).length > 0;
}

function nothingWaits(rollout: Rollout): string {
  if (rollout.spec.strategy?.blueGreen) {
    return 'is not waiting for a promotion: its new version is still being prepared or verified. Follow it with argo_status.';
  }
  return canaryPosition(rollout)
    ? 'has been through all of its steps and is finishing by itself. Follow it with argo_status.'
    : 'has no steps to promote and continues by itself. Follow it with argo_status.';
}

/**
 * @throws ToolError `precondition` for a rollout without a version: no controller runs, or its spec
 * is not valid
 */
export function refuseUnseen(target: string, rollout: Rollout): void {
  if (rollout.status?.currentPodHash) return;
  const { phase, message } = rolloutPhase(rollout);
  throw refusal(
    target,
    `has no version yet: it is ${phase} (${message}). Look at it with argo_describe.`,
  );
}

/** The refusal of a verb by the state that a rollout is in. */
export function refusal(target: string, state: string): ToolError {
  return new ToolError('precondition', `${target} ${state}`);
}
