import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CliModule } from '#cli';
import { clusterConfig } from './cluster.config.js';
import { Clusters } from './clusters.js';
import { ContextField } from './fields/context.field.js';
import { DryRunField } from './fields/dry-run.field.js';
import { proxyConfig } from './proxy.config.js';
import { RedactionInterceptor } from './secrets/redaction.interceptor.js';
import { WarningsInterceptor } from './http/warnings.interceptor.js';

/** Access to the Kubernetes API servers of the kubeconfig. */
@Module({
  imports: [
    CliModule,
    ConfigModule.forFeature(clusterConfig),
    ConfigModule.forFeature(proxyConfig),
  ],
  providers: [Clusters, ContextField, DryRunField, RedactionInterceptor, WarningsInterceptor],
  exports: [Clusters, ContextField, DryRunField],
})
export class ClusterModule {}
