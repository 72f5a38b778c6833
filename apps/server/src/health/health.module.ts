import { Module } from '@nestjs/common';
import { ClusterModule } from '#cluster';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';

/** Probes for whoever runs the server. */
@Module({ imports: [ClusterModule], controllers: [HealthController], providers: [Readiness] })
export class HealthModule {}
