import { Server as HttpsServer } from 'node:https';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import {
  authenticationConfig,
  Authenticator,
  ServerCertificate,
  type AuthenticationConfig,
} from '#access';
import { serveDiscovery } from './discovery/serve-discovery.js';
import { authenticateRequests, serveResourceMetadata } from './http/authentication.js';
import { allowOrigins } from './http/cross-origin.js';
import { checkHosts } from './http/host-check.js';
import { parseJsonBodies } from './http/json-body.js';
import { refuseOtherMethods } from './http/methods.js';
import { limitOpenRequests } from './http/open-requests.js';
import { limitRequestRate } from './http/request-rate.js';
import { pathOf } from './http/request-target.js';
import { SecuredResponse } from './http/security-headers.js';
import { dropStalledClients } from './http/stalled-clients.js';
import { Unread } from './http/unread.js';
import { unreadConfig, type UnreadConfig } from './http/unread.config.js';
import { breakOpenHandshakes } from './listen/open-handshakes.js';
import { boundAnswers } from './rest/bounded-answers.js';
import { tagToolLists } from './rest/etag.js';
import { leadToSwaggerUi, serveOpenApi } from './rest/swagger-ui/swagger-ui.js';
import { serverConfig, type ServerConfig } from './server.config.js';
import { ServerLogger } from './logging/server.logger.js';

/** Milliseconds that a request may take to arrive. Its answer has no limit here. */
const REQUEST_TIMEOUT_MS = 60_000;

/** More characters than a path can have. A name that is too long is an unknown name. */
const MAX_PARAM_CHARS = 65_536;

/** The HTTP application with all its routes, ready to listen. */
export async function createApp(): Promise<NestFastifyApplication> {
  const certificate = ServerCertificate.of(authenticationConfig());
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule,
    // `forceCloseConnections`: an unused connection would delay the shutdown for a minute.
    new FastifyAdapter({
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_CHARS },
      forceCloseConnections: true,
      requestTimeout: REQUEST_TIMEOUT_MS,
      rewriteUrl: pathOf,
      ...(certificate
        ? { https: { ...certificate.options, ServerResponse: SecuredResponse } }
        : { http: { ServerResponse: SecuredResponse } }),
    }),
    { bodyParser: false, logger: new ServerLogger(), abortOnError: false },
  );
  const config = app.get<ServerConfig>(serverConfig.KEY);
  const fastify = app.getHttpAdapter().getInstance();
  if (fastify.server instanceof HttpsServer) {
    certificate?.renewOn(fastify.server);
    breakOpenHandshakes(fastify, fastify.server);
  }
  checkHosts(fastify, config);
  allowOrigins(fastify, config.allowedOrigins);
  refuseOtherMethods(fastify);
  limitOpenRequests(fastify, config);
  leadToSwaggerUi(fastify);
  const authentication = app.get<AuthenticationConfig>(authenticationConfig.KEY);
  const rate = await limitRequestRate(fastify, config.maxRequestsPerSecond);
  authenticateRequests(fastify, {
    authenticator: app.get(Authenticator),
    config: authentication,
    isUnixSocket: config.socketPath !== undefined,
    rate,
  });
  serveResourceMetadata(fastify, authentication);
  serveDiscovery(fastify, authentication);
  parseJsonBodies(fastify, config.bodyLimitBytes);
  tagToolLists(fastify);
  boundAnswers(fastify, app.get(Unread));
  dropStalledClients(fastify.server, app.get<UnreadConfig>(unreadConfig.KEY).stalledMs);
  // The document lists the registered tools. They are known once the modules are initialized.
  await app.init();
  serveOpenApi(app);
  return app;
}
