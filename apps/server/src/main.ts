import { NestFactory } from '@nestjs/core';
import { Logger } from '@nestjs/common';
import { AppModule } from './app.module.js';
import { createApp } from './create-app.js';
import { serveStdio } from './mcp/stdio.js';
import { serverConfig, type ServerConfig } from './server.config.js';
import { StderrLogger } from './stderr.logger.js';

async function main(): Promise<void> {
  if (process.argv.includes('--stdio')) {
    const logger = new StderrLogger();
    await serveStdio(
      await NestFactory.createApplicationContext(AppModule, { logger, abortOnError: false }),
    );
    return;
  }
  const app = await createApp();
  const { port, host } = app.get<ServerConfig>(serverConfig.KEY);
  await app.listen(port, host);
  new Logger('Server').log(`Listening on ${await app.getUrl()} (Swagger UI: /docs, MCP: /mcp)`);
}

main().catch((error: unknown) => {
  new StderrLogger().fatal(error instanceof Error ? error.message : error, 'Server');
  process.exitCode = 1;
});
