import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CliModule } from '#cli';
import { clusterConfig, ClusterModule } from '#cluster';
import { ChartDownloads } from './charts/chart-downloads.js';
import { ChartIndex } from './repositories/chart-index.js';
import { ChartSchemas } from './charts/chart-schemas.js';
import { ChartSources } from './charts/chart-sources.js';
import { ChartStore } from './charts/chart-store.js';
import { ChartsService } from './charts/charts.service.js';
import { ChartsTools } from './charts/charts.tools.js';
import { DownloadAddresses } from './egress/download-addresses.js';
import { DownloadConnections } from './egress/download-connections.js';
import { DownloadProxy } from './egress/download-proxy.js';
import { HelmCli } from './cli/helm-cli.js';
import { helmConfig } from './helm.config.js';
import { HelmHome } from './cli/helm-home.js';
import { HelmRequirement } from './cli/helm.requirement.js';
import { HelmVersion } from './cli/helm-version.js';
import { HostNames } from './egress/host-names.js';
import { ReleaseChanges } from './changes/release-changes.js';
import { ReleaseReturnsService } from './changes/release-returns.service.js';
import { ReleaseStore } from './releases/release-store.js';
import { ReleaseWritesService } from './changes/release-writes.service.js';
import { ReleaseWritesTools } from './changes/release-writes.tools.js';
import { ReleasesService } from './releases/releases.service.js';
import { ReleasesTools } from './releases/releases.tools.js';
import { Repositories } from './repositories/repositories.js';
import { RepositoriesTools } from './repositories/repositories.tools.js';
import { TemplateTools } from './charts/template.tools.js';

/** The Helm tools. */
@Module({
  imports: [
    ClusterModule,
    CliModule,
    ConfigModule.forFeature(clusterConfig),
    ConfigModule.forFeature(helmConfig),
  ],
  providers: [
    ChartDownloads,
    ChartIndex,
    ChartSchemas,
    ChartSources,
    ChartStore,
    ChartsService,
    ChartsTools,
    DownloadAddresses,
    DownloadConnections,
    DownloadProxy,
    HelmCli,
    HelmHome,
    HelmRequirement,
    HelmVersion,
    HostNames,
    ReleaseChanges,
    ReleaseReturnsService,
    ReleaseStore,
    ReleaseWritesService,
    ReleaseWritesTools,
    ReleasesService,
    ReleasesTools,
    Repositories,
    RepositoriesTools,
    TemplateTools,
  ],
})
export class HelmModule {}
