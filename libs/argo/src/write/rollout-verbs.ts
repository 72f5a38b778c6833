import { isDryRun, type Cluster } from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import { canaryPosition } from '../model/canary.js';
import type { PromoteDto } from './promote.dto.js';
import type { RolloutDto } from '../model/rollout.dto.js';
import { promotionOf, refusal, refuseUnseen } from './promotion.js';
import { rolloutRef } from '../model/rollout-read.js';
import { changeRollout, type RolloutPatches } from './rollout-patches.js';
import { rolloutPhase } from '../model/rollout-phase.js';
import { isFullyPromoted, type Rollout } from '../model/rollout.js';
import { changeAndWait } from './wait-for-rollout.js';
import { DONE, hasActed, notDone, outcomeOf, type Asked, type Verdict } from './verb-outcome.js';

/** What a verb does to a rollout in its current state. No patches if there is nothing to change. */
interface Verb extends RolloutPatches {
  summary: string;
  verdict?: Asked['verdict'];
}

/**
 * Ends the pause of a rollout, or skips its current step.
 * @throws ToolError `precondition` where there is nothing to promote
 */
export function promoteRollout(
  cluster: Cluster,
  { full, ...query }: PromoteDto,
  call: ToolCall,
): Promise<ToolResult> {
  const name = full ? 'a full promotion' : 'a promotion';
  return applyVerb(cluster, query, call, name, (target, rollout) =>
    promotionOf(target, rollout, full),
  );
}

/** Pauses a rollout by hand, until it is resumed. */
export function pauseRollout(
  cluster: Cluster,
  query: RolloutDto,
  call: ToolCall,
): Promise<ToolResult> {
  return applyVerb(cluster, query, call, 'a pause', (_, { spec }) =>
    spec.paused
      ? { summary: 'is paused by hand already; nothing to change' }
      : {
          spec: { paused: true },
          summary: 'paused until argo_resume_rollout',
          verdict: (now) => (now.spec.paused ? DONE : notDone('it was resumed at once')),
        },
  );
}

/**
 * Ends the pause by hand, and no other.
 * @throws ToolError `precondition` where there is none
 */
export function resumeRollout(
  cluster: Cluster,
  query: RolloutDto,
  call: ToolCall,
): Promise<ToolResult> {
  return applyVerb(cluster, query, call, 'its resumption', (target, rollout) => {
    if (!rollout.spec.paused) throw refusal(target, `is not paused by hand: ${stands(rollout)}`);
    return {
      spec: { paused: false },
      summary: 'resumed',
      verdict: (now) => (now.spec.paused ? notDone('it was paused again at once') : DONE),
    };
  });
}

/**
 * Stops an update and returns to the stable version.
 * @throws ToolError `precondition` where no update is under way
 */
export function abortRollout(
  cluster: Cluster,
  query: RolloutDto,
  call: ToolCall,
): Promise<ToolResult> {
  return applyVerb(cluster, query, call, 'an abort', (target, rollout) => {
    const { spec, status = {} } = rollout;
    if (status.abort && !status.abortedAt) {
      return {
        summary: 'was asked for an abort already; its controller has not acted on it yet',
      };
    }
    if (status.abort) return { summary: 'is aborted already; nothing to change' };
    refuseUnseen(target, rollout);
    if (isFullyPromoted(rollout)) {
      throw refusal(
        target,
        'is fully promoted: there is no update to abort. argo_undo goes back to an earlier revision.',
      );
    }
    const when = spec.paused ? ' once argo_resume_rollout ends its pause by hand' : '';
    const summary = `aborted: the stable version takes over again${when}. argo_retry starts the update again, argo_undo gives it up`;
    // A full promotion under way would undo the abort.
    const promotion = status.promoteFull ? { promoteFull: false } : {};
    return { status: { abort: true, ...promotion }, summary, verdict: verdictOfAbort };
  });
}

/**
 * Starts an aborted update again.
 * @throws ToolError `precondition` for a rollout that is not aborted
 */
export function retryRollout(
  cluster: Cluster,
  query: RolloutDto,
  call: ToolCall,
): Promise<ToolResult> {
  return applyVerb(cluster, query, call, 'a retry', (target, rollout) => {
    if (!rollout.status?.abort) throw refusal(target, `is not aborted: ${stands(rollout)}`);
    const when = rollout.spec.paused ? ' once argo_resume_rollout ends its pause by hand' : '';
    const summary = `retried: the update starts again${when}`;
    return { status: { abort: false }, summary, verdict: verdictOfRetry };
  });
}

/** Replaces the pods with new ones of the same template. */
export function restartRollout(
  cluster: Cluster,
  query: RolloutDto,
  call: ToolCall,
): Promise<ToolResult> {
  // The API keeps times in whole seconds, and pods from before that time are replaced. The next
  // second is taken, or pods created in this second would stay.
  const restartAt = new Date(Math.ceil((Date.now() + 1) / 1_000) * 1_000).toISOString();
  return applyVerb(cluster, query, call, 'a restart', (_, { status }) => ({
    spec: { restartAt: restartAt.replace('.000', '') },
    summary: status?.replicas
      ? 'restarted: its pods are replaced a few at a time, while enough of them are available'
      : 'restarted; it has no pods to replace',
    verdict: () => DONE,
  }));
}

async function applyVerb(
  cluster: Cluster,
  query: RolloutDto,
  call: ToolCall,
  asked: string,
  verb: (target: string, rollout: Rollout) => Verb,
): Promise<ToolResult> {
  const ref = await rolloutRef(cluster, query, call.signal);
  const target = ref.resource.label(ref.name);
  const decide = (rollout: Rollout) => verb(target, rollout);
  const outcome = async ({ summary, verdict }: Verb, after: Rollout) =>
    verdict && !isDryRun(call)
      ? outcomeOf(cluster, ref, { name: asked, summary, verdict }, after, call.signal)
      : summary;
  return changeAndWait(cluster, call, ref, () =>
    changeRollout(cluster, ref, call, decide, outcome),
  );
}

function verdictOfAbort(now: Rollout): Verdict {
  const { abort, abortedAt } = now.status ?? {};
  if (abort) return abortedAt ? DONE : undefined;
  return notDone(
    isFullyPromoted(now)
      ? 'the update was complete before that'
      : 'its controller has taken that back, as it does in a rollback within spec.rollbackWindow',
  );
}

function verdictOfRetry(now: Rollout, sent: Rollout): Verdict {
  const { abort, abortedAt } = now.status ?? {};
  if (abort) return notDone('it is aborted again');
  return abortedAt === undefined && hasActed(now, sent) ? DONE : undefined;
}

/** Where a rollout stands, and which tool lets it continue. */
function stands(rollout: Rollout): string {
  const { phase, message } = rolloutPhase(rollout);
  const position = canaryPosition(rollout);
  if (rollout.status?.abort) return 'it is aborted. argo_retry starts the update again.';
  if (rollout.spec.paused) return 'it is paused by hand. argo_resume_rollout ends that.';
  if (phase === 'Paused') {
    const where = position ? ` at step ${position.index + 1} of ${position.steps.length}` : '';
    return `it waits${where} (${message}). argo_promote lets it continue.`;
  }
  const why = message === '' ? '' : ` (${message})`;
  return `it is ${phase}${why}. argo_status says more.`;
}
