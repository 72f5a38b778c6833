import { Clusters, DryRunField, WaitField } from '#cluster';
import { ANSWER_SECONDS, Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { DeploymentByDefaultDto } from './deployment-by-default.dto.js';
import { RolloutHistoryDto } from './rollout-history.dto.js';
import { RolloutStatusDto } from './rollout-status.dto.js';
import { RolloutUndoDto } from './rollout-undo.dto.js';
import { ScaleDto } from './scale.dto.js';
import { SetImageDto } from './set-image.dto.js';
import { K8S } from '../k8s.category.js';
import { KubectlService } from '../kubectl/kubectl.service.js';
import { rolloutHistory } from './rollout-history.js';
import { restartRollout } from './rollout-restart.js';
import { rolloutStatus } from './rollout-status.js';
import { RolloutWaits } from './rollout-waits.js';
import { undoRollout } from './rollout-undo.js';
import { scaleWorkload } from './scale.js';
import { setImages } from './set-image.js';

/** Tools for Deployments and other workloads. */
@ToolProvider(K8S)
export class WorkloadsTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly kubectl: KubectlService,
    private readonly waits: RolloutWaits,
  ) {}

  @Tool({
    name: 'k8s_set_image',
    title: 'Update Kubernetes Container Images',
    description:
      'Sets images, as web=nginx:1.28,proxy=envoy:v1 (*: all others), init containers too. Then k8s_rollout_status.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['update'],
    example: {
      resource_name: 'web',
      resource_type: 'deployment',
      container_images: 'nginx=nginx:1.28',
      namespace: 'shop',
      dry_run: true,
    },
    sharedFields: [DryRunField, WaitField],
  })
  async setImage(query: SetImageDto, call: ToolCall): Promise<ToolResult> {
    return setImages(this.clusters.of(call), query, call, this.waits);
  }

  @Tool({
    name: 'k8s_rollout_restart',
    title: 'Restart Kubernetes Deployment',
    description: 'Replaces the pods of a workload, a few at a time.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'web', namespace: 'shop', dry_run: true },
    sharedFields: [DryRunField, WaitField],
  })
  async rolloutRestart(query: DeploymentByDefaultDto, call: ToolCall): Promise<ToolResult> {
    return restartRollout(this.clusters.of(call), query, call, this.waits);
  }

  @Tool({
    name: 'k8s_scale',
    title: 'Scale Kubernetes Resource',
    description: 'Sets the number of pods. A HorizontalPodAutoscaler may set it back.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['update'],
    example: {
      name: 'web',
      resource_type: 'deployment',
      replicas: 3,
      namespace: 'shop',
      dry_run: true,
    },
    sharedFields: [DryRunField, WaitField],
  })
  async scale(query: ScaleDto, call: ToolCall): Promise<ToolResult> {
    return scaleWorkload(this.clusters.of(call), query, call, this.waits);
  }

  @Tool({
    name: 'k8s_rollout_status',
    title: 'Check Kubernetes Rollout Status',
    description:
      'Waits for a rollout to finish, or says where it stands after timeout_seconds, and why.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { name: 'web', namespace: 'shop', timeout_seconds: 10 },
    place: 'wait',
    timeLimitSeconds: ({ timeout_seconds }: RolloutStatusDto) => timeout_seconds + ANSWER_SECONDS,
  })
  async rolloutStatus(query: RolloutStatusDto, call: ToolCall): Promise<ToolResult> {
    return rolloutStatus(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'k8s_rollout_undo',
    title: 'Rollback Kubernetes Resource',
    description: 'Brings back a revision of k8s_rollout_history, by default the previous.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'web', resource_type: 'deployment', namespace: 'shop', dry_run: true },
    sharedFields: [DryRunField, WaitField],
  })
  async rolloutUndo(query: RolloutUndoDto, call: ToolCall): Promise<ToolResult> {
    return undoRollout(this.clusters.of(call), query, call, this.waits);
  }

  @Tool({
    name: 'k8s_rollout_history',
    title: 'View Kubernetes Rollout History',
    description: 'Lists revisions, or shows the pod template of one.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { resource_type: 'deployment', name: 'web', namespace: 'shop' },
  })
  async rolloutHistory(query: RolloutHistoryDto, call: ToolCall): Promise<string> {
    return rolloutHistory(this.kubectl, this.clusters.of(call), query, call);
  }
}
