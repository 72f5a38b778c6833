import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CliModule } from '#cli';
import { clusterConfig, ClusterModule } from '#cluster';
import { ApplyClient } from './apply/apply.client.js';
import { ClusterInfoClient } from './cluster-info/cluster-info.client.js';
import { ClusterTools } from './cluster-info/cluster.tools.js';
import { CordonClient } from './nodes/cordon.client.js';
import { DeleteClient } from './delete/delete.client.js';
import { DeletionTools } from './delete/deletion.tools.js';
import { DescribeClient } from './describe/describe.client.js';
import { DrainClient } from './nodes/drain.client.js';
import { DrainTools } from './nodes/drain.tools.js';
import { ExecClient } from './exec/exec.client.js';
import { k8sConfig } from './k8s.config.js';
import { KubectlClient } from './describe/kubectl.client.js';
import { KubectlRequirement } from './describe/kubectl.requirement.js';
import { LogsClient } from './logs/logs.client.js';
import { ManifestsTools } from './apply/manifests.tools.js';
import { MetricsClient } from './metrics/metrics.client.js';
import { NodesTools } from './nodes/nodes.tools.js';
import { PodSessionsTools } from './exec/pod-sessions.tools.js';
import { PatchClient } from './apply/patch.client.js';
import { PodsTools } from './logs/pods.tools.js';
import { OpenPortForwardsTools, PortForwardTools } from './port-forward/port-forward.tools.js';
import { PortForwards } from './port-forward/port-forwards.js';
import { ResourcesClient } from './get/resources.client.js';
import { ResourcesTools } from './get/resources.tools.js';
import { RolloutHistoryClient } from './workloads/rollout-history.client.js';
import { RolloutRestartClient } from './workloads/rollout-restart.client.js';
import { RolloutStatusClient } from './workloads/rollout-status.client.js';
import { RolloutUndoClient } from './workloads/rollout-undo.client.js';
import { RunPodClient } from './exec/run-pod.client.js';
import { ScaleClient } from './workloads/scale.client.js';
import { SetImageClient } from './workloads/set-image.client.js';
import { WaitTools } from './wait/wait.tools.js';
import { WorkloadsTools } from './workloads/workloads.tools.js';

/** The Kubernetes tools. */
@Module({
  imports: [
    ClusterModule,
    CliModule,
    ConfigModule.forFeature(clusterConfig),
    ConfigModule.forFeature(k8sConfig),
  ],
  providers: [
    ApplyClient,
    ClusterInfoClient,
    ClusterTools,
    CordonClient,
    DeleteClient,
    DeletionTools,
    DescribeClient,
    DrainClient,
    DrainTools,
    ExecClient,
    KubectlClient,
    KubectlRequirement,
    LogsClient,
    ManifestsTools,
    MetricsClient,
    NodesTools,
    OpenPortForwardsTools,
    PodSessionsTools,
    PatchClient,
    PodsTools,
    PortForwards,
    PortForwardTools,
    ResourcesClient,
    ResourcesTools,
    RolloutHistoryClient,
    RolloutRestartClient,
    RolloutStatusClient,
    RolloutUndoClient,
    RunPodClient,
    ScaleClient,
    SetImageClient,
    WaitTools,
    WorkloadsTools,
  ],
})
export class K8sModule {}
