import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CliModule } from '#cli';
import { clusterConfig, ClusterModule } from '#cluster';
import { ClusterInfoClient } from './cluster-info.client.js';
import { ClusterTools } from './cluster.tools.js';
import { KubectlClient } from './kubectl.client.js';
import { KubectlRequirement } from './kubectl.requirement.js';
import { LogsClient } from './logs.client.js';
import { MetricsClient } from './metrics.client.js';
import { NodesTools } from './nodes.tools.js';
import { PodsTools } from './pods.tools.js';
import { ResourcesClient } from './resources.client.js';
import { ResourcesTools } from './resources.tools.js';
import { RolloutHistoryClient } from './rollout-history.client.js';
import { RolloutStatusClient } from './rollout-status.client.js';
import { WaitTools } from './wait.tools.js';
import { WorkloadsTools } from './workloads.tools.js';

/** The Kubernetes tools. */
@Module({
  imports: [ClusterModule, CliModule, ConfigModule.forFeature(clusterConfig)],
  providers: [
    ClusterInfoClient,
    ClusterTools,
    KubectlClient,
    KubectlRequirement,
    LogsClient,
    MetricsClient,
    NodesTools,
    PodsTools,
    ResourcesClient,
    ResourcesTools,
    RolloutHistoryClient,
    RolloutStatusClient,
    WaitTools,
    WorkloadsTools,
  ],
})
export class K8sModule {}
