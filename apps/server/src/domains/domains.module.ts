import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type INestApplicationContext, type LoggerService } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { ArgoModule } from '#argo';
import { ClusterModule } from '#cluster';
import { ExecutionsModule } from '#executions';
import { HelmModule } from '#helm';
import { K8sModule } from '#k8s';
import { within } from '#store';
import { overrideSettings, ToolsModule } from '#tools';

const CLOSE_LIMIT_MS = 2_000;

/** The tools and the clusters, without the doors and without access: for commands. */
@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true }),
    ToolsModule,
    ExecutionsModule,
    ClusterModule,
    ArgoModule,
    HelmModule,
    K8sModule,
  ],
})
class DomainsModule {}

/** Does work with the tools and the clusters, beside a server that may run with the same state. */
export async function withDomains<T>(
  logger: LoggerService | false,
  work: (app: INestApplicationContext) => Promise<T> | T,
): Promise<T> {
  overrideSettings({
    EXECUTIONS_FILE: ':memory:',
    DATABASE_URL: '',
    // One that is there would be tidied up.
    HELM_HOME_DIR: join(tmpdir(), `skyflo-mcp-${randomUUID()}`),
  });
  const app = await NestFactory.createApplicationContext(DomainsModule, {
    logger,
    abortOnError: false,
  });
  overrideSettings({});
  try {
    return await work(app);
  } finally {
    // A cluster that says nothing must not hold up a command that has all that it needs.
    await within(CLOSE_LIMIT_MS, app.close(), 'It did not end').catch(() => undefined);
  }
}
