import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { TopNodesDto } from './dto/top-nodes.dto.js';
import { K8S } from './k8s.category.js';
import { MetricsClient } from './metrics.client.js';

/** Tools for nodes. */
@ToolProvider(K8S)
export class NodesTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly metrics: MetricsClient,
  ) {}

  @Tool({
    order: 220,
    name: 'k8s_top_nodes',
    title: 'Get Kubernetes Node Resource Usage',
    description:
      'Shows how much of its CPU and memory each node uses now, as metrics-server measured it. Use it to find nodes that are full.',
    tags: ['metrics'],
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { sort_by: 'memory' },
  })
  async topNodes(query: TopNodesDto, call: ToolCall): Promise<ToolResult> {
    return this.metrics.nodes(this.clusters.of(call), query, call.signal);
  }
}
