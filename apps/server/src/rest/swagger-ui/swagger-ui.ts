import { createReadStream } from 'node:fs';
import { extname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { authenticationConfig, type AuthenticationConfig } from '#access';
import { letPagesAskIssuer, loginOf, loginOptions } from '../openapi-login.js';
import { documentOf } from '../openapi/document.js';

const PATH = '/docs';

/** What runs in the page. The build puts it beside this file, and beside the bundle. */
const FOLDER = join(import.meta.dirname, 'page');
const FILES = [
  'start.js',
  'plugin.js',
  'filter.js',
  'labels.js',
  'text.js',
  'errors.js',
  'execution.js',
  'event-stream.js',
  'page.css',
];
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css' };

/** Serves the OpenAPI document at `/openapi.json`, and Swagger UI with our plugin at `/docs`. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const login = loginOf(app.get<AuthenticationConfig>(authenticationConfig.KEY));
  const fastify = app.getHttpAdapter().getInstance();
  if (login) letPagesAskIssuer(fastify, login);
  for (const file of FILES) {
    fastify.get(`${PATH}/${file}`, (_request, reply) =>
      reply.type(TYPES[extname(file)]!).send(createReadStream(join(FOLDER, file))),
    );
  }
  SwaggerModule.setup(PATH, app, () => documentOf(app, login), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Skyflo MCP',
    customCssUrl: `${PATH}/page.css`,
    customJs: `${PATH}/start.js`,
    swaggerOptions: {
      docExpansion: 'list',
      filter: true,
      tryItOutEnabled: true,
      ...(login && loginOptions(login)),
    },
  });
}

/** Leads a browser from `/` to Swagger UI. For programs, there is nothing at `/`. */
export function leadToSwaggerUi(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ method, url, headers }, reply, done) => {
    const isRead = method === 'GET' || method === 'HEAD';
    if (url === '/' && isRead && headers.accept?.includes('text/html')) {
      void reply.redirect(`.${PATH}`);
      return;
    }
    done();
  });
}
