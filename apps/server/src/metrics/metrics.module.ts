import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { feedOpenTelemetry, gauge, Metrics } from '#telemetry';
import { VERSION } from '#tools';
import { serverConfig } from '../server.config.js';
import { metricsConfig } from './metrics.config.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsListener } from './metrics.listener.js';

const BUILD = gauge({
  name: 'skyflo.build_info',
  description: 'Always 1; the labels say what runs.',
  unit: '1',
  labels: ['version', 'node_version'],
});
BUILD.observe(() => [[1, VERSION, process.versions.node]]);

/** What is measured, for those who run the server. */
@Module({
  imports: [ConfigModule.forFeature(metricsConfig), ConfigModule.forFeature(serverConfig)],
  controllers: [MetricsController],
  providers: [Metrics, MetricsListener],
})
export class MetricsModule implements OnApplicationBootstrap {
  /** By then an SDK of OpenTelemetry is started, if there is one. */
  onApplicationBootstrap(): Promise<void> {
    return feedOpenTelemetry(VERSION);
  }
}
