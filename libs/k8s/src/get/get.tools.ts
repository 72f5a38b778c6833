import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall } from '#tools';
import { K8S } from '../k8s.category.js';
import { getObjects } from './get-objects.js';
import { GetDto } from './get.dto.js';

/** The tool that lists and gets objects. */
@ToolProvider(K8S)
export class GetTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'k8s_get',
    title: 'Get Kubernetes Resources',
    description:
      'Lists objects of one or more kinds, or gets some by name (joined by commas), as the table of kubectl. Use fields for a few values of many objects, and k8s_describe for why one fails.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { resource_type: 'pods', namespace: 'shop' },
  })
  async get(query: GetDto, call: ToolCall): Promise<string> {
    return getObjects(this.clusters.of(call), query, call);
  }
}
