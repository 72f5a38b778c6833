import { Clusters, DryRunField, WaitField } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { ARGO, REQUIRES } from '../argo.category.js';
import { SetRolloutImageDto } from './set-rollout-image.dto.js';
import { UndoDto } from './undo.dto.js';
import { setRolloutImage } from './set-rollout-image.js';
import { undoRollout } from './undo-rollout.js';

/** Tools that change which version a rollout runs. */
@ToolProvider({ ...ARGO, sharedFields: [...ARGO.sharedFields, DryRunField, WaitField] })
export class RolloutVersionsTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'argo_set_image',
    title: 'Set Argo Rollout Image',
    description:
      'Releases another image; with several containers as container=image (*: all). Then argo_status.',
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
  async setImage(query: SetRolloutImageDto, call: ToolCall): Promise<ToolResult> {
    return setRolloutImage(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_undo',
    title: 'Undo Argo Rollout',
    description: 'Brings back a revision of argo_history, by default the previous.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'checkout', namespace: 'shop', dry_run: true },
    requires: REQUIRES,
  })
  async undo(query: UndoDto, call: ToolCall): Promise<ToolResult> {
    return undoRollout(this.clusters.of(call), query, call);
  }
}
