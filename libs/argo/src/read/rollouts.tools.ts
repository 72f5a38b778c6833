import { Clusters } from '#cluster';
import { ANSWER_SECONDS, Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { ARGO, REQUIRES } from '../argo.category.js';
import { ArgoHistoryDto } from './argo-history.dto.js';
import { ListRolloutsDto } from './list-rollouts.dto.js';
import { RolloutDto } from '../model/rollout.dto.js';
import { ArgoStatusDto } from './argo-status.dto.js';
import { describeRollout } from './describe-rollout.js';
import { listRollouts } from './list-rollouts.js';
import { rolloutHistory } from './rollout-history.js';
import { followRollout, rolloutStatus } from './rollout-status.js';

/** Seconds that a read may take. */
const READ_LIMIT_SECONDS = 30;

/** Tools that look at rollouts. */
@ToolProvider(ARGO)
export class RolloutsTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'argo_list_rollouts',
    title: 'List Argo Rollouts',
    description: 'Lists rollouts: status and why, step, weight, pods, images. Then argo_describe.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { namespace: 'shop' },
    requires: REQUIRES,
  })
  async listRollouts(query: ListRolloutsDto, call: ToolCall): Promise<ToolResult> {
    return listRollouts(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_status',
    title: 'Get Argo Rollout Status',
    description:
      'Shows step, weights and pods. watch follows until Healthy, Degraded, waiting for somebody, or timeout_seconds.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { name: 'checkout', namespace: 'shop' },
    place: ({ watch }: ArgoStatusDto) => (watch ? 'wait' : 'work'),
    timeLimitSeconds: ({ watch, timeout_seconds }: ArgoStatusDto) =>
      watch ? timeout_seconds + ANSWER_SECONDS : READ_LIMIT_SECONDS,
    requires: REQUIRES,
  })
  async status(query: ArgoStatusDto, call: ToolCall): Promise<ToolResult> {
    const cluster = this.clusters.of(call);
    return query.watch ? followRollout(cluster, query, call) : rolloutStatus(cluster, query, call);
  }

  @Tool({
    name: 'argo_history',
    title: 'Get Argo Rollout History',
    description: 'Lists revisions with what changed, or shows the pod template of one.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { name: 'checkout', namespace: 'shop' },
    requires: REQUIRES,
  })
  async history(query: ArgoHistoryDto, call: ToolCall): Promise<ToolResult> {
    return rolloutHistory(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_describe',
    title: 'Describe Argo Rollout',
    description: 'Shows why a rollout stands where it does: revisions, pods, analysis, events.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { name: 'checkout', namespace: 'shop' },
    requires: REQUIRES,
  })
  async describe(query: RolloutDto, call: ToolCall): Promise<ToolResult> {
    return describeRollout(this.clusters.of(call), query, call);
  }
}
