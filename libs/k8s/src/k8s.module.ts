import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CliModule } from '#cli';
import { clusterConfig, ClusterModule } from '#cluster';
import { ApplyTools } from './apply/apply.tools.js';
import { ClusterInfoTools } from './cluster-info/cluster-info.tools.js';
import { DeleteTools } from './delete/delete.tools.js';
import { DescribeTools } from './describe/describe.tools.js';
import { EventsTools } from './events/events.tools.js';
import { ExecTools } from './exec/exec.tools.js';
import { GetTools } from './get/get.tools.js';
import { k8sConfig } from './k8s.config.js';
import { KubectlRequirement } from './kubectl/kubectl.requirement.js';
import { KubectlService } from './kubectl/kubectl.service.js';
import { LogsTools } from './logs/logs.tools.js';
import { MetricsTools } from './metrics/metrics.tools.js';
import { NodesTools } from './nodes/nodes.tools.js';
import { OpenPortForwardsTools, PortForwardTools } from './port-forward/port-forward.tools.js';
import { PortForwards } from './port-forward/port-forwards.js';
import { RolloutWaits } from './workloads/rollout-waits.js';
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
    ApplyTools,
    ClusterInfoTools,
    DeleteTools,
    DescribeTools,
    EventsTools,
    ExecTools,
    GetTools,
    KubectlRequirement,
    KubectlService,
    LogsTools,
    MetricsTools,
    NodesTools,
    OpenPortForwardsTools,
    PortForwards,
    PortForwardTools,
    RolloutWaits,
    WaitTools,
    WorkloadsTools,
  ],
})
export class K8sModule {}
