import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { authenticationConfig, type AuthenticationConfig } from '#access';
import { ToolRegistry, VERSION, type ToolDefinition } from '#tools';
import { PROBES } from '../../http/host-check.js';
import { SERVER_DESCRIPTION } from '../../mcp/wire/server-identity.js';
import { addLogin, type Login } from '../openapi-login.js';
import { EXECUTE_PARAMETERS, parametersOf, type Operation } from './parameters.js';
import { RESPONSES, toolResponses } from './responses.js';
import { SCHEMAS } from './schemas.js';

/** The OpenAPI document of this server. Each tool is an operation of its own. */
export function documentOf(app: INestApplication, login: Login | undefined): OpenAPIObject {
  const registry = app.get(ToolRegistry);
  const authentication = app.get<AuthenticationConfig>(authenticationConfig.KEY);
  const document = SwaggerModule.createDocument(app, frameOf(registry, authentication, login));
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations) as Operation[]) {
      operation.parameters = parametersOf(operation);
      operation.responses = RESPONSES[operation.operationId ?? ''] ?? {};
      if (PROBES.test(path)) operation.security = [];
    }
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

/** What the document says of the server as a whole. */
function frameOf(
  registry: ToolRegistry,
  { isOff, publicUrl }: AuthenticationConfig,
  login: Login | undefined,
): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(SERVER_DESCRIPTION.title)
    .setDescription(
      'Kubernetes, Argo Rollouts and Helm operations as tools for AI agents and people.',
    )
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer(publicUrl ?? '/', 'This server')
    .addSecurity('bearer', {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key, a token of your issuer, or the token of this machine.',
    })
    .addTag('tools', 'The tools')
    .addTag('executions', 'Runs of tools')
    .addTag('audit', 'What was asked, and what was done')
    .addTag('health', 'Probes');
  // What stands in front of a server that lets everybody in may still want a token.
  if (isOff) builder.addSecurityRequirements({});
  builder.addSecurityRequirements('bearer');
  if (login) addLogin(builder, login);
  for (const { name, description } of registry.categories()) builder.addTag(name, description);
  const frame = builder.build();
  const { title: name, websiteUrl: url } = SERVER_DESCRIPTION;
  return { ...frame, info: { ...frame.info, contact: { name, url } } };
}

function operationOf(tool: ToolDefinition): Operation {
  return {
    operationId: tool.name,
    summary: tool.title,
    description: tool.description,
    tags: [tool.category],
    parameters: EXECUTE_PARAMETERS,
    requestBody: {
      get required() {
        return tool.inputSchema.required !== undefined;
      },
      content: {
        'application/json': {
          // The document is made once, and the parameters may change.
          get schema() {
            return tool.inputSchema;
          },
          example: tool.example,
        },
      },
    },
    responses: toolResponses(),
  };
}
