import { Clusters, DryRunField } from '#cluster';
import { ANSWER_SECONDS, Tool, ToolProvider, type ToolCall } from '#tools';
import { DeleteClient } from './delete.client.js';
import { DeleteDto } from './delete.dto.js';
import { K8S } from '../k8s.category.js';

/** The tool that deletes. */
@ToolProvider(K8S)
export class DeletionTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly deletions: DeleteClient,
  ) {}

  @Tool({
    name: 'k8s_delete',
    title: 'Delete Kubernetes Resource',
    description:
      'Deletes one object of any kind, waits until it is gone, and shows what it was; after timeout_seconds it says what the deletion waits for. What the object owns goes too, unless propagation says otherwise. Look at it first with dry_run.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    example: {
      name: 'shop-config',
      resource_type: 'configmap',
      namespace: 'shop',
      dry_run: true,
    },
    sharedFields: [DryRunField],
    timeLimitSeconds: ({ timeout_seconds }: DeleteDto) => timeout_seconds + ANSWER_SECONDS,
  })
  async delete(query: DeleteDto, call: ToolCall): Promise<string> {
    return this.deletions.delete(this.clusters.of(call), query, call);
  }
}
