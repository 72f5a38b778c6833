import { Clusters, DryRunField } from '#cluster';
import { ANSWER_SECONDS, Tool, ToolProvider, type ToolCall } from '#tools';
import { deleteObject } from './delete-object.js';
import { DeleteDto } from './delete.dto.js';
import { K8S } from '../k8s.category.js';

/** The tool that deletes objects. */
@ToolProvider(K8S)
export class DeleteTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'k8s_delete',
    title: 'Delete Kubernetes Resource',
    description:
      'Deletes an object and what it owns (orphan leaves that); waits until it is gone. grace_period_seconds 0 kills at once.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['delete'],
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
    return deleteObject(this.clusters.of(call), query, call);
  }
}
