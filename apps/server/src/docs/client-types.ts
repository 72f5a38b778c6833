import type { OpenAPIObject } from '@nestjs/swagger';
import openapiTS, { astToString } from 'openapi-typescript';
import type { ToolDefinition, ToolRegistry } from '#tools';
import { narrowComments } from './narrow-comments.js';

const HEAD = '/** Generated from the OpenAPI document by `npm run docs:tools`. */\n';

/** The route of a tool. The client builds it from the name of the tool. */
const EXECUTE = /\/execute$/;

/**
 * The types of the OpenAPI document for libs/client. The operations of tools are left out: all of
 * them answer the same. Their parameters become one more schema, `Tools`, with a field for each.
 */
export async function clientSchemas(
  { components, paths, ...document }: OpenAPIObject,
  registry: ToolRegistry,
): Promise<string> {
  const schemas = { ...components?.schemas, Tools: toolsSchema(registry) };
  const others = Object.entries(paths).filter(([path]) => !EXECUTE.test(path));
  const reduced = { ...document, paths: Object.fromEntries(others), components: { schemas } };
  // A parameter with a default may be left out.
  const types = await openapiTS(JSON.stringify(reduced), { defaultNonNullable: false });
  return `${HEAD}\n${narrowComments(astToString(types))}`;
}

/** What the client has to know of each tool when it runs. */
export function clientTools(registry: ToolRegistry): string {
  const facts = registry
    .list()
    .map(
      ({ name, category, annotations }) =>
        `${name}: { category: '${category}', readOnly: ${annotations.readOnlyHint} },`,
    );
  return [
    HEAD,
    '/** The category of each tool, and whether it changes nothing. */',
    'export const TOOL_FACTS: Record<string, { category: string; readOnly: boolean }> = {',
    ...facts,
    '};',
  ].join('\n');
}

function toolsSchema(registry: ToolRegistry): object {
  const tools = registry.list();
  return {
    type: 'object',
    description: 'The parameters of each tool.',
    properties: Object.fromEntries(tools.map((tool) => [tool.name, parametersOf(tool)])),
    required: tools.map(({ name }) => name),
  };
}

function parametersOf({ description, inputSchema }: ToolDefinition): object {
  return { description, ...inputSchema };
}
