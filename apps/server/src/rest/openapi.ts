import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import {
  inputClass,
  inputSchemaOf,
  TOOL_ERROR_CODES,
  ToolRegistry,
  VERSION,
  type ToolDefinition,
} from '#tools';
import { ExecuteQueryDto } from './dto/list-tools.dto.js';
import { STATUS_OF } from './problem.filter.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const PROBLEM = {
  type: 'object',
  description: 'A problem document (RFC 9457).',
  required: ['title', 'status', 'code', 'detail', 'retryable'],
  properties: {
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: TOOL_ERROR_CODES },
    detail: { type: 'string', description: 'What happened, to what, and the way on.' },
    retryable: { type: 'boolean', description: 'Whether the same call may simply be tried again.' },
    errors: {
      type: 'array',
      description: 'For invalid_input: what is wrong with which parameter.',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: {
          field: { type: 'string' },
          message: { type: 'string' },
          accepts: { type: 'string' },
        },
      },
    },
    output: { type: 'string', description: 'What the tool had produced before it failed.' },
    execution_id: { type: 'string' },
  },
};

const ANSWER = {
  type: 'object',
  required: ['status', 'result', 'execution_id'],
  properties: {
    status: { type: 'string', enum: ['success'] },
    result: { type: 'string', description: 'What the tool answers.' },
    data: { description: 'The same facts as data, with `data=true`, where the tool has them.' },
    execution_id: { type: 'string', description: 'UUID of this run, also in the logs.' },
  },
};

const EXECUTE_PARAMETERS: Operation['parameters'] = Object.entries(
  inputSchemaOf(ExecuteQueryDto.name, [inputClass(ExecuteQueryDto)]).properties,
).map(([name, { description, ...schema }]) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
}));

/** Serves the OpenAPI 3.1 document at `/openapi.json` and Swagger UI at `/docs`. Each tool is an operation of its own. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => documentOf(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Skyflo MCP',
    swaggerOptions: { docExpansion: 'list', filter: true, tryItOutEnabled: true },
  });
}

function documentOf(app: INestApplication): OpenAPIObject {
  const registry = app.get(ToolRegistry);
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Skyflo MCP')
    .setDescription(
      'Kubernetes, Argo Rollouts and Helm operations as tools for AI agents and people.',
    )
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addTag('tools', 'Which tools there are')
    .addTag('executions', 'Runs of tools: to look up, follow and cancel');
  for (const { name, description } of registry.categories()) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build());
  const schemas: Schemas = { Problem: PROBLEM, ToolAnswer: ANSWER };
  for (const tool of registry.list()) {
    document.paths[`/engine/v1/tools/${tool.category}/${tool.name}/execute`] = {
      post: operationOf(tool),
    };
  }
  return {
    ...document,
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...schemas },
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
    responses: {
      200: {
        description: 'The tool succeeded.',
        content: {
          // For people, who want to read the text as it is.
          'text/plain': { schema: { type: 'string' } },
          'application/json': { schema: { $ref: '#/components/schemas/ToolAnswer' } },
        },
      },
      ...failures(),
    },
  };
}

function failures(): Operation['responses'] {
  const codesOf = new Map<number, string[]>([
    [400, ['the body is not JSON']],
    [413, ['the body is too large']],
    [415, ['the body is not of the type application/json']],
  ]);
  for (const code of TOOL_ERROR_CODES) {
    codesOf.set(STATUS_OF[code], [...(codesOf.get(STATUS_OF[code]) ?? []), code]);
  }
  const content = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  };
  return Object.fromEntries(
    [...codesOf].map(([status, codes]) => [status, { description: codes.join(', '), content }]),
  );
}
