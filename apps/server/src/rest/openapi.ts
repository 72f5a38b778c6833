import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { authenticationConfig, type AuthenticationConfig } from '#access';
import { documentOf } from './openapi/document.js';
import { letPagesAskIssuer, loginOf, loginOptions } from './openapi-login.js';

/**
 * Runs in Swagger UI: a link with `#token=` brings the token along. It is taken out of the address,
 * which a history remembers, and never leaves the browser in a request for the page.
 */
const TAKE_TOKEN = `
const token = new URLSearchParams(location.hash.slice(1)).get('token');
if (token) {
  history.replaceState(null, '', location.pathname);
  const timer = setInterval(() => {
    if (!window.ui) return;
    clearInterval(timer);
    window.ui.preauthorizeApiKey('bearer', token);
  }, 50);
}
`;

/**
 * Serves the OpenAPI 3.1 document at `/openapi.json` and Swagger UI at `/docs`. Each tool is an
 * operation of its own.
 */
export function serveOpenApi(app: NestFastifyApplication): void {
  const login = loginOf(app.get<AuthenticationConfig>(authenticationConfig.KEY));
  const fastify = app.getHttpAdapter().getInstance();
  if (login) letPagesAskIssuer(fastify, login);
  fastify.get('/docs/token.js', (_request, reply) =>
    reply.type('text/javascript').send(TAKE_TOKEN),
  );
  SwaggerModule.setup('docs', app, () => documentOf(app, login), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Skyflo MCP',
    customJs: '/docs/token.js',
    swaggerOptions: {
      docExpansion: 'list',
      filter: true,
      tryItOutEnabled: true,
      ...(login && loginOptions(login)),
    },
  });
}
