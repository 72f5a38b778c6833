import { Clusters, DryRunField, WaitField } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
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
      "Ends a rollout's pause or skips its current canary step; full skips all steps and analysis.",
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    sharedFields: [WaitField],
    requires: REQUIRES,
  })
  async promote(query: PromoteDto, call: ToolCall): Promise<ToolResult> {
    return promoteRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_pause_rollout',
    title: 'Pause Argo Rollout',
    description: 'Stops a rollout where it is, until argo_resume_rollout.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async pauseRollout(query: RolloutDto, call: ToolCall): Promise<ToolResult> {
    return pauseRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_resume_rollout',
    title: 'Resume Argo Rollout',
    description: "Ends the pause of argo_pause_rollout. A step's own pause needs argo_promote.",
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effects: ['update'],
    example: { name: 'cart', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async resumeRollout(query: RolloutDto, call: ToolCall): Promise<ToolResult> {
    return resumeRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_abort_rollout',
    title: 'Abort Argo Rollout',
    description:
      'Gives all traffic back to the stable version. argo_retry starts again, argo_undo gives up.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async abortRollout(query: RolloutDto, call: ToolCall): Promise<ToolResult> {
    return abortRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_rollout_restart',
    title: 'Restart Argo Rollout',
    description: 'Replaces the pods of a rollout, a few at a time.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async rolloutRestart(query: RolloutDto, call: ToolCall): Promise<ToolResult> {
    return restartRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_retry',
    title: 'Retry Argo Rollout',
    description: 'Starts an aborted update again from its first step, once the cause is fixed.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effects: ['update'],
    example: { name: 'catalog', namespace: 'shop', dry_run: true },
    sharedFields: [WaitField],
    requires: REQUIRES,
  })
  async retry(query: RolloutDto, call: ToolCall): Promise<ToolResult> {
    return retryRollout(this.clusters.of(call), query, call);
  }
}
