import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';

/** Probes for whoever runs the server. */
@Module({ controllers: [HealthController], providers: [Readiness] })
export class HealthModule {}
