import { Clusters, DryRunField } from '#cluster';
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
import { undoRollout } from './rollout-undo.js';
import { scaleWorkload } from './scale.js';
import { setImages } from './set-image.js';

/** Tools for Deployments and other workloads. */
@ToolProvider(K8S)
export class WorkloadsTools {
  constructor(
    private readonly clusters: Clusters,
    private readonly kubectl: KubectlService,
  ) {}

  @Tool({
    name: 'k8s_set_image',
    title: 'Update Kubernetes Container Images',
    description:
      'Sets the images of one or more containers of a workload, init containers too, and says from what to what. Use it to release another version; follow it with k8s_rollout_status.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['update'],
    example: {
      resource_name: 'web',
      resource_type: 'deployment',
      container_images: 'nginx=nginx:1.28',
      namespace: 'shop',
      dry_run: true,
    },
    sharedFields: [DryRunField],
  })
  async setImage(query: SetImageDto, call: ToolCall): Promise<string> {
    return setImages(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'k8s_rollout_restart',
    title: 'Restart Kubernetes Deployment',
    description:
      'Replaces the pods of a deployment, daemonset or statefulset with new ones, a few at a time. Use it when pods must read changed configuration or are stuck; follow it with k8s_rollout_status.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'web', namespace: 'shop', dry_run: true },
    sharedFields: [DryRunField],
  })
  async rolloutRestart(query: DeploymentByDefaultDto, call: ToolCall): Promise<string> {
    return restartRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'k8s_scale',
    title: 'Scale Kubernetes Resource',
    description:
      'Sets the number of pods of a deployment, statefulset, replicaset or anything else that can be scaled, and says from what to what. A HorizontalPodAutoscaler sets its workload back: change the autoscaler instead.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    effects: ['update'],
    example: {
      name: 'web',
      resource_type: 'deployment',
      replicas: 3,
      namespace: 'shop',
      dry_run: true,
    },
    sharedFields: [DryRunField],
  })
  async scale(query: ScaleDto, call: ToolCall): Promise<string> {
    return scaleWorkload(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'k8s_rollout_status',
    title: 'Check Kubernetes Rollout Status',
    description:
      'Waits until the rollout of a workload is finished, and says so, or after timeout_seconds says where it stands. Use it after a change of image, scale or configuration.',
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
    description:
      'Brings a workload back to the pod template of an earlier revision, by default the previous one, and shows what that changes. Use it when a release does harm; k8s_rollout_history lists the revisions.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effects: ['update'],
    example: { name: 'web', resource_type: 'deployment', namespace: 'shop', dry_run: true },
    sharedFields: [DryRunField],
  })
  async rolloutUndo(query: RolloutUndoDto, call: ToolCall): Promise<string> {
    return undoRollout(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'k8s_rollout_history',
    title: 'View Kubernetes Rollout History',
    description:
      'Lists the revisions of a workload with what caused each, or shows the pod template of one revision. Use it to find the revision to go back to.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { resource_type: 'deployment', name: 'web', namespace: 'shop' },
  })
  async rolloutHistory(query: RolloutHistoryDto, call: ToolCall): Promise<string> {
    return rolloutHistory(this.kubectl, this.clusters.of(call), query, call);
  }
}
