import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { HttpModule } from '../http/http.module.js';
import { AuditController } from './audit.controller.js';
import { ExecutionsController } from './executions.controller.js';
import { LegacyHealthController } from './legacy-health.controller.js';
import { LegacyToolsController } from './legacy-tools.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ToolCatalog } from './tool-catalog.js';
import { ToolRuns } from './tool-runs.js';
import { ToolsController } from './tools.controller.js';

/** The REST API. */
@Module({
  imports: [HttpModule],
  controllers: [
    ToolsController,
    ExecutionsController,
    AuditController,
    LegacyToolsController,
    LegacyHealthController,
  ],
  providers: [ToolCatalog, ToolRuns, { provide: APP_FILTER, useClass: ProblemFilter }],
})
export class RestModule {}
