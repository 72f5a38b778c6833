import { Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { toolsConfig } from '#tools';
import { ExecutionTools } from './execution.tools.js';
import { executionsConfig } from './executions.config.js';
import { Executions } from './executions.service.js';

/** Running tools: waited for, followed, or left and come back to. */
@Global()
@Module({
  imports: [ConfigModule.forFeature(toolsConfig), ConfigModule.forFeature(executionsConfig)],
  providers: [Executions, ExecutionTools],
  exports: [Executions],
})
export class ExecutionsModule {}
