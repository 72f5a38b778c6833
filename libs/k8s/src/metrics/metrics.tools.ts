import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { K8S } from '../k8s.category.js';
import { TopNodesDto } from './top-nodes.dto.js';
import { topNodes } from './top-nodes.js';
import { TopPodsDto } from './top-pods.dto.js';
import { topPods } from './top-pods.js';

/** Tools for what metrics-server measures. */
@ToolProvider(K8S)
export class MetricsTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'k8s_top_pods',
    title: 'Get Kubernetes Pod Resource Usage',
    description: 'Shows CPU and memory in use by pods (metrics-server).',
    tags: ['metrics'],
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { namespace: 'shop', sort_by: 'cpu' },
  })
  async topPods(query: TopPodsDto, call: ToolCall): Promise<ToolResult> {
    return topPods(this.clusters.of(call), query, call.signal);
  }

  @Tool({
    name: 'k8s_top_nodes',
    title: 'Get Kubernetes Node Resource Usage',
    description: 'Shows CPU and memory in use by nodes (metrics-server).',
    tags: ['metrics'],
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { sort_by: 'memory' },
  })
  async topNodes(query: TopNodesDto, call: ToolCall): Promise<ToolResult> {
    return topNodes(this.clusters.of(call), query, call.signal);
  }
}
