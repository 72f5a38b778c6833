import { Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { ToolInvoker, toolsConfig, type ToolsConfig } from '#tools';
import { openPostgres, openSqlite } from './store/database.js';
import { ExecutionTools } from './execution.tools.js';
import { executionsConfig, type ExecutionsConfig } from './executions.config.js';
import { Executions } from './executions.service.js';

/** Running tools: waited for, followed, or left and come back to. */
@Global()
@Module({
  imports: [ConfigModule.forFeature(toolsConfig), ConfigModule.forFeature(executionsConfig)],
  providers: [
    {
      provide: Executions,
      inject: [ToolInvoker, toolsConfig.KEY, executionsConfig.KEY],
      useFactory: openExecutions,
    },
    ExecutionTools,
  ],
  exports: [Executions],
})
export class ExecutionsModule {}

async function openExecutions(
  invoker: ToolInvoker,
  tools: ToolsConfig,
  config: ExecutionsConfig,
): Promise<Executions> {
  const { databaseUrl, file } = config;
  const database = await (databaseUrl ? openPostgres(databaseUrl) : openSqlite(file));
  return new Executions(database, invoker, tools, config);
}
