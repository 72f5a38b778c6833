import { Clusters, DryRunField } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { CordonClient } from './cordon.client.js';
import { NodeDto } from './node.dto.js';
import { TopNodesDto } from '../metrics/top-nodes.dto.js';
import { K8S } from '../k8s.category.js';
import { MetricsClient } from '../metrics/metrics.client.js';

/** Tools for nodes. */
@ToolProvider(K8S)
export class NodesTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly cordons: CordonClient,
    private readonly metrics: MetricsClient,
  ) {}

  @Tool({
    name: 'k8s_cordon',
    title: 'Cordon Kubernetes Node',
    description:
      'Keeps new pods off a node; those on it stay. Use it before maintenance or on a node that misbehaves; k8s_drain also moves the pods away, k8s_uncordon takes it back.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    example: { node_name: 'node-1', dry_run: true },
    sharedFields: [DryRunField],
  })
  async cordon({ node_name }: NodeDto, call: ToolCall): Promise<string> {
    return this.cordons.setUnschedulable(this.clusters.of(call), node_name, true, call);
  }

  @Tool({
    name: 'k8s_uncordon',
    title: 'Uncordon Kubernetes Node',
    description:
      'Lets new pods onto a node again. Use it after k8s_cordon or k8s_drain, when the node is fit for use.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    example: { node_name: 'node-1', dry_run: true },
    sharedFields: [DryRunField],
  })
  async uncordon({ node_name }: NodeDto, call: ToolCall): Promise<string> {
    return this.cordons.setUnschedulable(this.clusters.of(call), node_name, false, call);
  }

  @Tool({
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
