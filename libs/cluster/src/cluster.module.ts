import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { DiscoveryModule } from '@nestjs/core';
import { CliModule } from '#cli';
import { clusterConfig } from './cluster.config.js';
import { Clusters } from './clusters.js';
import { ContextField } from './fields/context.field.js';
import { DryRunField } from './fields/dry-run.field.js';
import { WaitField } from './fields/wait.field.js';
import { CallScopeInterceptor } from './gate/call-scope.interceptor.js';
import { GateListener } from './gate/gate-listener.js';
import { GateParts } from './gate/gate-parts.js';
import { Gate } from './gate/gate.js';
import { ProgramContexts } from './kubeconfig/program-context.js';
import { proxyConfig } from './proxy.config.js';
import { RedactionInterceptor } from './secrets/redaction.interceptor.js';
import { RolloutFollowers } from './workloads/rollout-followers.js';
import { WarningsInterceptor } from './http/warnings.interceptor.js';

/** Access to the Kubernetes API servers of the kubeconfig. */
@Module({
  imports: [
    CliModule,
    DiscoveryModule,
    ConfigModule.forFeature(clusterConfig),
    ConfigModule.forFeature(proxyConfig),
  ],
  providers: [
    CallScopeInterceptor,
    Clusters,
    ContextField,
    DryRunField,
    Gate,
    GateListener,
    GateParts,
    ProgramContexts,
    RedactionInterceptor,
    RolloutFollowers,
    WaitField,
    WarningsInterceptor,
  ],
  exports: [Clusters, ContextField, DryRunField, ProgramContexts, RolloutFollowers, WaitField],
})
export class ClusterModule {}
