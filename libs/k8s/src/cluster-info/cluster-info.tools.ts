import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { clusterInfo } from './cluster-info.js';
import { ClusterInfoDto } from './cluster-info.dto.js';
import { K8S } from '../k8s.category.js';

/** The tool that describes a cluster as a whole. */
@ToolProvider(K8S)
export class ClusterInfoTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'k8s_cluster_info',
    title: 'Get Kubernetes Cluster Information',
    description: 'Says which cluster this is: context, API server, version and nodes.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: {},
  })
  async clusterInfo(_: ClusterInfoDto, call: ToolCall): Promise<ToolResult> {
    return clusterInfo(this.clusters.of(call), call.signal);
  }
}
