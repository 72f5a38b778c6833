import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { inputClass, inputSchemaOf, ToolRegistry, VERSION, type ToolDefinition } from '#tools';
import { ExecuteQueryDto } from '../dto/list-tools.dto.js';
import { addLogin, type Login } from '../openapi-login.js';
import { RESPONSES, toolResponses, type Operation } from './responses.js';
import { SCHEMAS } from './schemas.js';

const EXECUTE_PARAMETERS: Operation['parameters'] = Object.entries(
  inputSchemaOf(ExecuteQueryDto.name, [inputClass(ExecuteQueryDto)]).properties,
).map(([name, { description, ...schema }]) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
}));

/** The OpenAPI document of this server. Each tool is an operation of its own. */
export function documentOf(app: INestApplication, login: Login | undefined): OpenAPIObject {
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
