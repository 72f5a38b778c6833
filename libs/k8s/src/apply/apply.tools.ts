import { Clusters, DryRunField, WaitField } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { applyManifest } from './apply-manifest.js';
import { ApplyDto } from './apply.dto.js';
import { PatchDto } from './patch/patch.dto.js';
import { K8S } from '../k8s.category.js';
import { patchFields } from './patch/patch-fields.js';
import { RolloutWaits } from '../workloads/rollout-waits.js';

const EXAMPLE_MANIFEST = `apiVersion: v1
kind: ConfigMap
metadata:
  name: greeting
data:
  text: Hello
`;

/** Tools that create and change objects of any kind. */
@ToolProvider(K8S)
export class ApplyTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly waits: RolloutWaits,
  ) {}

  @Tool({
    name: 'k8s_apply',
    title: 'Apply Kubernetes Manifest',
    description:
      'Creates or changes whole objects (YAML or JSON, server-side apply). Leaving out a field that an earlier apply set needs prune_fields. Single fields: k8s_patch.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['create', 'update'],
    example: { content: EXAMPLE_MANIFEST, namespace: 'shop', dry_run: true },
    timeLimitSeconds: ({ timeout_seconds }: ApplyDto) => timeout_seconds,
    sharedFields: [DryRunField, WaitField],
  })
  async apply(manifest: ApplyDto, call: ToolCall): Promise<ToolResult> {
    return applyManifest(this.clusters.of(call), manifest, call, this.waits);
  }

  @Tool({
    name: 'k8s_patch',
    title: 'Patch Kubernetes Resource',
    description:
      'Changes fields of an object (patch: YAML or JSON; patch_type json, a list of operations). Custom resources need merge. Simpler: k8s_scale, k8s_set_image.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: {
      name: 'web',
      resource_type: 'deployment',
      patch: '{"metadata":{"annotations":{"example.com/reviewed":"yes"}}}',
      namespace: 'shop',
      dry_run: true,
    },
    sharedFields: [DryRunField, WaitField],
  })
  async patch(patch: PatchDto, call: ToolCall): Promise<ToolResult> {
    return patchFields(this.clusters.of(call), patch, call, this.waits);
  }
}
