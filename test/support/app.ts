import { NestFactory } from '@nestjs/core';
import { vi } from 'vitest';

/** The server as far as it is there without a cluster and without doors, in this process. */
export async function openApp() {
  vi.stubEnv('KUBECONFIG', 'none');
  vi.stubEnv('EXECUTIONS_FILE', ':memory:');
  const { AppModule } = await import('../../apps/server/src/app.module.js');
  return NestFactory.createApplicationContext(AppModule, { logger: false });
}
