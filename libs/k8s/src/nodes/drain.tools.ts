import { Clusters, DryRunField } from '#cluster';
import { ANSWER_SECONDS, Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { DrainClient } from './drain.client.js';
import { DrainDto } from './drain.dto.js';
import { K8S } from '../k8s.category.js';

/** The tool that empties nodes. */
@ToolProvider(K8S)
export class DrainTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly drains: DrainClient,
  ) {}

  @Tool({
    name: 'k8s_drain',
    title: 'Drain Kubernetes Node',
    description:
      'Cordons a node and evicts its pods, so that it can be taken down; PodDisruptionBudgets are respected, and named when they hold a pod. Use dry_run first to see what would be evicted and what is held now; k8s_uncordon takes the node into use again.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    example: { node_name: 'node-1', delete_emptydir_data: true, force: true, dry_run: true },
    timeLimitSeconds: ({ timeout_seconds }: DrainDto) => timeout_seconds + ANSWER_SECONDS,
    sharedFields: [DryRunField],
  })
  async drain(query: DrainDto, call: ToolCall): Promise<ToolResult> {
    return this.drains.drain(this.clusters.of(call), query, call);
  }
}
