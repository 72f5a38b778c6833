import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { RolloutHistoryDto } from './dto/rollout-history.dto.js';
import { RolloutStatusDto } from './dto/rollout-status.dto.js';
import { K8S } from './k8s.category.js';
import { RolloutHistoryClient } from './rollout-history.client.js';
import { RolloutStatusClient } from './rollout-status.client.js';

/** Seconds that a watch may go over its own time limit, to answer. */
const MARGIN_SECONDS = 15;

/** Tools for Deployments, DaemonSets and StatefulSets. */
@ToolProvider(K8S)
export class WorkloadsTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly status: RolloutStatusClient,
    private readonly history: RolloutHistoryClient,
  ) {}

  @Tool({
    order: 110,
    name: 'k8s_rollout_status',
    title: 'Check Kubernetes Rollout Status',
    description:
      'Waits until the rollout of a workload is finished, and says so, or after timeout_seconds says where it stands. Use it after a change of image, scale or configuration.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { name: 'web', namespace: 'shop', timeout_seconds: 10 },
    timeLimitSeconds: ({ timeout_seconds }: RolloutStatusDto) => timeout_seconds + MARGIN_SECONDS,
  })
  async rolloutStatus(query: RolloutStatusDto, call: ToolCall): Promise<ToolResult> {
    return this.status.follow(this.clusters.of(call), query, call);
  }

  @Tool({
    order: 130,
    name: 'k8s_rollout_history',
    title: 'View Kubernetes Rollout History',
    description:
      'Lists the revisions of a workload with what caused each, or shows the pod template of one revision. Use it to find the revision to go back to.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { resource_type: 'deployment', name: 'web', namespace: 'shop' },
  })
  async rolloutHistory(query: RolloutHistoryDto, call: ToolCall): Promise<string> {
    return this.history.read(this.clusters.of(call), query, call);
  }
}
