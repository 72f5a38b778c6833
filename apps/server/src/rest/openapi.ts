import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { inputClass, inputSchemaOf, ToolRegistry, VERSION, type ToolDefinition } from '#tools';
import { authenticationConfig, type AuthenticationConfig } from '#access';
import { addLogin, letPagesAskIssuer, loginOf, loginOptions, type Login } from './openapi-login.js';
import { ExecuteQueryDto } from './dto/list-tools.dto.js';
import { RESPONSES, toolResponses, type Operation } from './openapi-responses.js';
import { SCHEMAS } from './openapi-schemas.js';

const EXECUTE_PARAMETERS: Operation['parameters'] = Object.entries(
  inputSchemaOf(ExecuteQueryDto.name, [inputClass(ExecuteQueryDto)]).properties,
).map(([name, { description, ...schema }]) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
}));

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

function documentOf(app: INestApplication, login: Login | undefined): OpenAPIObject {
  const registry = app.get(ToolRegistry);
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Skyflo MCP')
    .setDescription(
      'Kubernetes, Argo Rollouts and Helm operations as tools for AI agents and people.',
    )
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({
      type: 'http',
      description: 'An API key, a token of your issuer, or the token of this machine.',
    })
    .addSecurityRequirements('bearer')
    .addTag('tools', 'The tools')
    .addTag('executions', 'Runs of tools')
    .addTag('audit', 'What was asked, and what was done');
  if (login) addLogin(builder, login);
  for (const { name, description } of registry.categories()) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build());
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const { operationId = '' } = operation as Operation;
    (operation as Operation).responses = RESPONSES[operationId] ?? {};
  }
  for (const tool of registry.list()) {
    document.paths[`/engine/v1/tools/${tool.category}/${tool.name}/execute`] = {
      post: operationOf(tool),
    };
  }
  return {
    ...document,
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...SCHEMAS },
    },
  };
}

function operationOf(tool: ToolDefinition): Operation {
  return {
    operationId: tool.name,
    summary: tool.title,
    description: tool.description,
    tags: [tool.category],
    parameters: EXECUTE_PARAMETERS,
    requestBody: {
      required: tool.inputSchema.required !== undefined,
      content: { 'application/json': { schema: tool.inputSchema, example: tool.example } },
    },
    responses: toolResponses(),
  };
}
