import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall } from '#tools';
import { K8S } from '../k8s.category.js';
import { KubectlRequirement } from '../kubectl/kubectl.requirement.js';
import { KubectlService } from '../kubectl/kubectl.service.js';
import { ObjectDto } from '../object.dto.js';
import { describeObject } from './describe-object.js';

/** The tool that describes an object. */
@ToolProvider(K8S)
export class DescribeTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly kubectl: KubectlService,
  ) {}

  @Tool({
    name: 'k8s_describe',
    title: 'Describe Kubernetes Resource',
    description: 'Shows state, conditions and events of an object: why it fails. Logs: k8s_logs.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { resource_type: 'deployment', name: 'web', namespace: 'shop' },
    requires: [KubectlRequirement],
  })
  async describe(query: ObjectDto, call: ToolCall): Promise<string> {
    return describeObject(this.kubectl, this.clusters.of(call), query, call);
  }
}
