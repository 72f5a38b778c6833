import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { ClusterModule } from '#cluster';
import { StoreModule } from '#store';
import { otelConfig } from '#telemetry';
import { auditConfig } from './audit.config.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { AuditPart } from './audit.part.js';
import { Audit } from './audit.service.js';
import { AuditDatabase } from './store/audit-database.js';
import { AuditRetention } from './store/audit-retention.js';
import { AuditStore } from './store/audit-store.js';
import { AuditWriter } from './store/audit-writer.js';

/** The record of what was asked of the server, and of what it did to clusters. */
@Module({
  imports: [
    ClusterModule,
    StoreModule,
    ConfigModule.forFeature(auditConfig),
    ConfigModule.forFeature(otelConfig),
  ],
  providers: [
    Audit,
    AuditDatabase,
    AuditInterceptor,
    AuditPart,
    AuditRetention,
    AuditStore,
    AuditWriter,
  ],
  exports: [Audit, AuditStore],
})
export class AuditModule {}
