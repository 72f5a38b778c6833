import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { checkHosts } from './http/host-check.js';
import { parseJsonBodies } from './http/json-body.js';
import { tagToolLists } from './rest/etag.js';
import { serveOpenApi } from './rest/openapi.js';
import { serverConfig, type ServerConfig } from './server.config.js';
import { StderrLogger } from './stderr.logger.js';

/** How long a request may take to arrive, in milliseconds; its answer may take as long as it likes. */
const REQUEST_LIMIT_MS = 60_000;

/** The HTTP application with all its routes, ready to listen. */
export async function createApp(): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule,
    // A connection that never carried a request would otherwise hold up the end for a minute.
    new FastifyAdapter({
      routerOptions: { ignoreTrailingSlash: true },
      forceCloseConnections: true,
      requestTimeout: REQUEST_LIMIT_MS,
    }),
    { bodyParser: false, logger: new StderrLogger(), abortOnError: false },
  );
  const { bodyLimitBytes, allowedHosts } = app.get<ServerConfig>(serverConfig.KEY);
  const fastify = app.getHttpAdapter().getInstance();
  checkHosts(fastify, allowedHosts);
  parseJsonBodies(fastify, bodyLimitBytes);
  tagToolLists(fastify);
  // The document lists the registered tools, which are known once the modules are initialised.
  await app.init();
  serveOpenApi(app);
  return app;
}
