import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { AccessModule } from '#access';
import { ArgoModule } from '#argo';
import { ClusterModule } from '#cluster';
import { ExecutionsModule } from '#executions';
import { HelmModule } from '#helm';
import { K8sModule } from '#k8s';
import { OtelModule } from '#telemetry';
import { ToolsModule } from '#tools';
import { HealthModule } from './health/health.module.js';
import { McpModule } from './mcp/mcp.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { RestModule } from './rest/rest.module.js';
import { serverConfig } from './server.config.js';

/** The whole server. A new domain adds its module here. */
@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [serverConfig] }),
    ToolsModule,
    OtelModule,
    AccessModule,
    ExecutionsModule,
    ClusterModule,
    ArgoModule,
    HelmModule,
    K8sModule,
    RestModule,
    McpModule,
    HealthModule,
    MetricsModule,
  ],
})
export class AppModule {}
