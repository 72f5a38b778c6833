import { Clusters, DryRunField } from '#cluster';
import { ANSWER_SECONDS, Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { K8S } from '../k8s.category.js';
import { setUnschedulable } from './cordon.js';
import { DrainDto } from './drain.dto.js';
import { drainNode } from './drain.js';
import { NodeDto } from './node.dto.js';

/** Tools that take nodes out of use and back. */
@ToolProvider(K8S)
export class NodesTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'k8s_cordon',
    title: 'Cordon Kubernetes Node',
    description:
      'Keeps new pods off a node; those on it stay, until k8s_drain. k8s_uncordon undoes it.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effects: ['update'],
    example: { node_name: 'node-1', dry_run: true },
    sharedFields: [DryRunField],
  })
  async cordon({ node_name }: NodeDto, call: ToolCall): Promise<string> {
    return setUnschedulable(this.clusters.of(call), node_name, true, call);
  }

  @Tool({
    name: 'k8s_uncordon',
    title: 'Uncordon Kubernetes Node',
    description: 'Lets new pods onto a node again, after k8s_cordon or k8s_drain.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effects: ['update'],
    example: { node_name: 'node-1', dry_run: true },
    sharedFields: [DryRunField],
  })
  async uncordon({ node_name }: NodeDto, call: ToolCall): Promise<string> {
    return setUnschedulable(this.clusters.of(call), node_name, false, call);
  }

  @Tool({
    name: 'k8s_drain',
    title: 'Drain Kubernetes Node',
    description:
      'Cordons a node and evicts its pods within PodDisruptionBudgets. emptyDir data needs delete_emptydir_data (it is lost), pods without controller need force. Then k8s_uncordon.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['update', 'delete'],
    example: { node_name: 'node-1', delete_emptydir_data: true, force: true, dry_run: true },
    timeLimitSeconds: ({ timeout_seconds }: DrainDto) => timeout_seconds + ANSWER_SECONDS,
    sharedFields: [DryRunField],
  })
  async drain(query: DrainDto, call: ToolCall): Promise<ToolResult> {
    return drainNode(this.clusters.of(call), query, call);
  }
}
