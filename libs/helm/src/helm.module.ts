import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CliModule } from '#cli';
import { clusterConfig, ClusterModule } from '#cluster';
import { ChartDownloads } from './chart-downloads.js';
import { ChartIndex } from './chart-index.js';
import { ChartSchemas } from './chart-schemas.js';
import { ChartSources } from './chart-sources.js';
import { ChartStore } from './chart-store.js';
import { ChartsClient } from './charts.client.js';
import { ChartsTools } from './charts.tools.js';
import { DownloadAddresses } from './download-addresses.js';
import { HelmCli } from './helm.cli.js';
import { helmConfig } from './helm.config.js';
import { HelmHome } from './helm.home.js';
import { HelmRequirement } from './helm.requirement.js';
import { HelmVersion } from './helm.version.js';
import { ReleaseChanges } from './release-changes.js';
import { ReleasePreview } from './release-preview.js';
import { ReleaseReadiness } from './release-readiness.js';
import { ReleaseReturnsClient } from './release-returns.client.js';
import { ReleaseStore } from './release.store.js';
import { ReleaseWritesClient } from './release-writes.client.js';
import { ReleaseWritesTools } from './release-writes.tools.js';
import { ReleasesClient } from './releases.client.js';
import { ReleasesTools } from './releases.tools.js';
import { Repositories } from './repositories.js';
import { RepositoriesClient } from './repositories.client.js';
import { RepositoriesTools } from './repositories.tools.js';
import { TemplateTools } from './template.tools.js';

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
    ChartsClient,
    ChartsTools,
    DownloadAddresses,
    HelmCli,
    HelmHome,
    HelmRequirement,
    HelmVersion,
    ReleaseChanges,
    ReleasePreview,
    ReleaseReadiness,
    ReleaseReturnsClient,
    ReleaseStore,
    ReleaseWritesClient,
    ReleaseWritesTools,
    ReleasesClient,
    ReleasesTools,
    Repositories,
    RepositoriesClient,
    RepositoriesTools,
    TemplateTools,
  ],
})
export class HelmModule {}
