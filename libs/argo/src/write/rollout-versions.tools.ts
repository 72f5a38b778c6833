import { Clusters, DryRunField } from '#cluster';
import { Tool, ToolProvider, type ToolCall } from '#tools';
import { ARGO, REQUIRES } from '../argo.category.js';
import { SetRolloutImageDto } from './set-rollout-image.dto.js';
import { UndoDto } from './undo.dto.js';
import { setRolloutImage } from './set-rollout-image.js';
import { undoRollout } from './undo-rollout.js';

/** Tools that change which version a rollout runs. */
@ToolProvider({ ...ARGO, sharedFields: [...ARGO.sharedFields, DryRunField] })
export class RolloutVersionsTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'argo_set_image',
    title: 'Set Argo Rollout Image',
    description:
      'Sets the image of a container of a rollout, or of the workload that it takes its pods from, and shows the old and the new image. Use it to release another version; follow it with argo_status.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['update'],
    example: {
      name: 'checkout',
      image: 'registry.example.com/shop/checkout:1.6.0',
      namespace: 'shop',
      container_name: 'checkout',
      dry_run: true,
    },
    requires: REQUIRES,
  })
  async setImage(query: SetRolloutImageDto, call: ToolCall): Promise<string> {
    return setRolloutImage(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_undo',
    title: 'Undo Argo Rollout',
    description:
      'Brings a rollout back to the pod template of an earlier revision (by default the one before the latest) and shows what changes. Use it when a release causes harm; argo_history lists the revisions.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async undo(query: UndoDto, call: ToolCall): Promise<string> {
    return undoRollout(this.clusters.of(call), query, call);
  }
}
