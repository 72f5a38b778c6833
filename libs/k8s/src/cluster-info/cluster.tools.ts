import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { ClusterInfoClient } from './cluster-info.client.js';
import { ClusterInfoDto } from './cluster-info.dto.js';
import { K8S } from '../k8s.category.js';

/** Tools about a cluster as a whole. */
@ToolProvider(K8S)
export class ClusterTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly info: ClusterInfoClient,
  ) {}

  @Tool({
    name: 'k8s_cluster_info',
    title: 'Get Kubernetes Cluster Information',
    description:
      'Says which cluster this is: context, address and version of the API server, nodes, and the services that belong to the cluster itself. Use it to be sure of where you are before you change anything.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: {},
  })
  async clusterInfo(_: ClusterInfoDto, call: ToolCall): Promise<ToolResult> {
    return this.info.read(this.clusters.of(call), call.signal);
  }
}
