import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CliModule } from '#cli';
import { clusterConfig, ClusterModule } from '#cluster';
import { ApplyClient } from './apply.client.js';
import { ClusterInfoClient } from './cluster-info.client.js';
import { ClusterTools } from './cluster.tools.js';
import { CordonClient } from './cordon.client.js';
import { DeleteClient } from './delete.client.js';
import { DeletionTools } from './deletion.tools.js';
import { DescribeClient } from './describe.client.js';
import { DrainClient } from './drain.client.js';
import { DrainTools } from './drain.tools.js';
import { ExecClient } from './exec.client.js';
import { k8sConfig } from './k8s.config.js';
import { KubectlClient } from './kubectl.client.js';
import { KubectlRequirement } from './kubectl.requirement.js';
import { LogsClient } from './logs.client.js';
import { ManifestsTools } from './manifests.tools.js';
import { MetricsClient } from './metrics.client.js';
import { NodesTools } from './nodes.tools.js';
import { PodSessionsTools } from './pod-sessions.tools.js';
import { PatchClient } from './patch.client.js';
import { PodsTools } from './pods.tools.js';
import { OpenPortForwardsTools, PortForwardTools } from './port-forward.tools.js';
import { PortForwards } from './port-forwards.js';
import { ResourcesClient } from './resources.client.js';
import { ResourcesTools } from './resources.tools.js';
import { RolloutHistoryClient } from './rollout-history.client.js';
import { RolloutRestartClient } from './rollout-restart.client.js';
import { RolloutStatusClient } from './rollout-status.client.js';
import { RolloutUndoClient } from './rollout-undo.client.js';
import { RunPodClient } from './run-pod.client.js';
import { ScaleClient } from './scale.client.js';
import { SetImageClient } from './set-image.client.js';
import { WaitTools } from './wait.tools.js';
import { WorkloadsTools } from './workloads.tools.js';

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
