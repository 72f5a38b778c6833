import { Injectable } from '@nestjs/common';
import { changeText, isDryRun, type Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import { canaryPosition } from './canary.js';
import type { PromoteDto } from './dto/promote.dto.js';
import type { RolloutDto } from './dto/rollout.dto.js';
import { promotionOf, refusal, refuseUnseen } from './promotion.js';
import { changeRollout, rolloutRef, type RolloutPatches } from './rollout-patches.js';
import { rolloutPhase } from './rollout-phase.js';
import { isFullyPromoted, type Rollout } from './rollout.js';

/** What a verb does to a rollout in the state that it is in; no patches if it is so already. */
interface Verb extends RolloutPatches {
  summary: string;
}

/** The verbs of a rollout: each the same patch of spec or status that the Argo Rollouts plugin sends. */
@Injectable()
export class VerbsClient {
  /** @throws ToolError `precondition` where there is nothing to promote */
  promote(cluster: Cluster, { full, ...query }: PromoteDto, call: ToolCall): Promise<string> {
    return this.change(cluster, query, call, (target, rollout) =>
      promotionOf(target, rollout, full),
    );
  }

  pause(cluster: Cluster, query: RolloutDto, call: ToolCall): Promise<string> {
    return this.change(cluster, query, call, (_, { spec }) =>
      spec.paused
        ? { summary: 'is paused by hand already; nothing to change' }
        : { spec: { paused: true }, summary: 'paused until argo_resume_rollout' },
    );
  }

  /** Ends only the pause by hand. @throws ToolError `precondition` where there is none */
  resume(cluster: Cluster, query: RolloutDto, call: ToolCall): Promise<string> {
    return this.change(cluster, query, call, (target, rollout) => {
      if (!rollout.spec.paused) throw refusal(target, `is not paused by hand: ${stands(rollout)}`);
      return { spec: { paused: false }, summary: 'resumed' };
    });
  }

  /** @throws ToolError `precondition` where no update is under way */
  abort(cluster: Cluster, query: RolloutDto, call: ToolCall): Promise<string> {
    return this.change(cluster, query, call, (target, rollout) => {
      const { spec, status = {} } = rollout;
      if (status.abort) return { summary: 'is aborted already; nothing to change' };
      refuseUnseen(target, rollout);
      if (isFullyPromoted(rollout)) {
        throw refusal(
          target,
          'is fully promoted: there is no update to abort. argo_undo goes back to an earlier revision.',
        );
      }
      const when = spec.paused ? ' once argo_resume_rollout ends its pause by hand' : '';
      const summary = `aborted: the stable version takes over again${when}. argo_retry starts the update anew, argo_undo gives it up`;
      return { status: { abort: true }, summary };
    });
  }

  /** @throws ToolError `precondition` for a rollout that is not aborted */
  retry(cluster: Cluster, query: RolloutDto, call: ToolCall): Promise<string> {
    return this.change(cluster, query, call, (target, rollout) => {
      if (!rollout.status?.abort) throw refusal(target, `is not aborted: ${stands(rollout)}`);
      return { status: { abort: false }, summary: 'retried: the update starts again' };
    });
  }

  /** Replaces the pods by new ones of the same template. */
  restart(cluster: Cluster, query: RolloutDto, call: ToolCall): Promise<string> {
    // The API keeps times in whole seconds, and a pod is replaced if it is from before: the next one, or pods of this second would stay.
    const restartAt = new Date(Math.ceil((Date.now() + 1) / 1_000) * 1_000).toISOString();
    return this.change(cluster, query, call, () => ({
      spec: { restartAt: restartAt.replace('.000', '') },
      summary: 'restarted: its pods are replaced a few at a time',
    }));
  }

  private async change(
    cluster: Cluster,
    query: RolloutDto,
    call: ToolCall,
    verb: (target: string, rollout: Rollout) => Verb,
  ): Promise<string> {
    const { signal } = call;
    const dryRun = isDryRun(call);
    const ref = await rolloutRef(cluster, query, signal);
    const target = ref.resource.label(ref.name);
    const decide = (rollout: Rollout) => verb(target, rollout);
    const { decision, before, after } = await changeRollout(cluster, ref, decide, {
      dryRun,
      signal,
    });
    const { status, summary } = decision;
    return changeText(`${target} ${summary}`, { before, after }, dryRun, Object.keys(status ?? {}));
  }
}

/** Where a rollout stands, and what goes on from there. */
function stands(rollout: Rollout): string {
  const { phase, message } = rolloutPhase(rollout);
  const position = canaryPosition(rollout);
  if (rollout.status?.abort) return 'it is aborted. argo_retry starts the update again.';
  if (rollout.spec.paused) return 'it is paused by hand. argo_resume_rollout ends that.';
  if (phase === 'Paused') {
    const where = position ? ` at step ${position.index + 1} of ${position.steps.length}` : '';
    return `it waits${where} (${message}). argo_promote goes on from there.`;
  }
  const why = message === '' ? '' : ` (${message})`;
  return `it is ${phase}${why}. argo_status says more.`;
}
