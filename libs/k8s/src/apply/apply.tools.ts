import { Clusters, DryRunField } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { applyManifest } from './apply-manifest.js';
import { ApplyDto } from './apply.dto.js';
import { PatchDto } from './patch/patch.dto.js';
import { K8S } from '../k8s.category.js';
import { patchFields } from './patch/patch-fields.js';

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
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'k8s_apply',
    title: 'Apply Kubernetes Manifest',
    description:
      'Creates the objects of a manifest or changes them to match it (server-side apply), and answers with a line for each and the diff. All objects are checked before the first is changed. Use it with whole manifests; to change a field or two of an existing object, use k8s_patch. Set dry_run to see the diff first.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['create', 'update'],
    example: { content: EXAMPLE_MANIFEST, namespace: 'shop', dry_run: true },
    timeLimitSeconds: ({ timeout_seconds }: ApplyDto) => timeout_seconds,
    sharedFields: [DryRunField],
  })
  async apply(manifest: ApplyDto, call: ToolCall): Promise<ToolResult> {
    return applyManifest(this.clusters.of(call), manifest, call);
  }

  @Tool({
    name: 'k8s_patch',
    title: 'Patch Kubernetes Resource',
    description:
      'Changes single fields of one object, leaves the others as they are, and answers with the diff. Use it for small changes; for images, replicas and restarts there are k8s_set_image, k8s_scale and k8s_rollout_restart. Set dry_run to see the diff first.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: {
      name: 'web',
      resource_type: 'deployment',
      patch: '{"metadata":{"annotations":{"example.com/reviewed":"yes"}}}',
      namespace: 'shop',
      dry_run: true,
    },
    sharedFields: [DryRunField],
  })
  async patch(patch: PatchDto, call: ToolCall): Promise<ToolResult> {
    return patchFields(this.clusters.of(call), patch, call);
  }
}
