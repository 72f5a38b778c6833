import { Clusters, DryRunField } from '#cluster';
import { Tool, ToolProvider, type ToolCall } from '#tools';
import { ARGO, REQUIRES } from '../argo.category.js';
import { PromoteDto } from './promote.dto.js';
import { RolloutDto } from '../model/rollout.dto.js';
import {
  abortRollout,
  pauseRollout,
  promoteRollout,
  restartRollout,
  resumeRollout,
  retryRollout,
} from './rollout-verbs.js';

/** Tools that steer an update of a rollout. */
@ToolProvider({ ...ARGO, sharedFields: [...ARGO.sharedFields, DryRunField] })
export class RolloutVerbsTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'argo_promote',
    title: 'Promote Argo Rollout',
    description:
      'Lets a rollout continue: ends the pause of a canary step or of a blue-green switch, or skips the current canary step; with full it skips everything that is left. Check with argo_status before and after.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async promote(query: PromoteDto, call: ToolCall): Promise<string> {
    return promoteRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_pause_rollout',
    title: 'Pause Argo Rollout',
    description:
      'Stops a rollout where it is, until argo_resume_rollout. Use it to look around in the middle of an update, or to keep the next one from starting.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async pauseRollout(query: RolloutDto, call: ToolCall): Promise<string> {
    return pauseRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_resume_rollout',
    title: 'Resume Argo Rollout',
    description:
      'Ends the pause that argo_pause_rollout set, and nothing else. A rollout that waits at one of its own steps needs argo_promote.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effects: ['update'],
    example: { name: 'cart', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async resumeRollout(query: RolloutDto, call: ToolCall): Promise<string> {
    return resumeRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_abort_rollout',
    title: 'Abort Argo Rollout',
    description:
      'Stops the update of a rollout and gives all traffic back to the stable version. The new version stays in the spec: argo_retry starts it again, argo_undo gives it up.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async abortRollout(query: RolloutDto, call: ToolCall): Promise<string> {
    return abortRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_rollout_restart',
    title: 'Restart Argo Rollout',
    description:
      'Replaces the pods of a rollout with new ones of the same version, a few at a time. Use it when pods are stuck or must read changed configuration; follow it with argo_status.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async rolloutRestart(query: RolloutDto, call: ToolCall): Promise<string> {
    return restartRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_retry',
    title: 'Retry Argo Rollout',
    description:
      'Starts the update of an aborted rollout again, from its first step. Use it once the cause of the failure is fixed; argo_get_analysisrun says why an analysis failed.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effects: ['update'],
    example: { name: 'catalog', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async retry(query: RolloutDto, call: ToolCall): Promise<string> {
    return retryRollout(this.clusters.of(call), query, call);
  }
}
