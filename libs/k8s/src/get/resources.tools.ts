import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall } from '#tools';
import { DescribeClient } from '../describe/describe.client.js';
import { GetDto } from './get.dto.js';
import { ObjectDto } from '../describe/object.dto.js';
import { K8S } from '../k8s.category.js';
import { KubectlRequirement } from '../describe/kubectl.requirement.js';
import { ResourcesClient } from './resources.client.js';

/** Tools for objects of any kind. */
@ToolProvider(K8S)
export class ResourcesTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly resources: ResourcesClient,
    private readonly descriptions: DescribeClient,
  ) {}

  @Tool({
    name: 'k8s_get',
    title: 'Get Kubernetes Resources',
    description:
      'Lists objects of one or more kinds, or gets some by name, as the table that kubectl prints. Use it first to see what there is and in what state; go on with k8s_describe for one object with its events, or output=yaml for the whole of it. Values of Secrets are never shown.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { resource_type: 'pods', namespace: 'shop' },
  })
  async get(query: GetDto, call: ToolCall): Promise<string> {
    return this.resources.get(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'k8s_describe',
    title: 'Describe Kubernetes Resource',
    description:
      'Describes one object for people: its state, conditions, what belongs to it and its recent events. Use it to find out why something does not work; for the logs of a pod use k8s_logs.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { resource_type: 'deployment', name: 'web', namespace: 'shop' },
    requires: [KubectlRequirement],
  })
  async describe(query: ObjectDto, call: ToolCall): Promise<string> {
    return this.descriptions.describe(this.clusters.of(call), query, call);
  }
}
