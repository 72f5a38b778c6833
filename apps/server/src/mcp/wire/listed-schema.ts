import type { ToolDefinition } from '#tools';

type Property = ToolDefinition['inputSchema']['properties'][string];

/** The parameters of a tool in as few words as a model needs to call it. */
export interface ListedSchema {
  type: 'object';
  properties: Record<string, Omit<Property, 'pattern' | 'description'> & { description?: string }>;
  required?: string[];
}

/** The largest number of most fields in the Kubernetes API. */
const MAX_INT32 = 2_147_483_647;

/**
 * The schema of a tool's parameters as MCP lists it. A model pays for the list at every turn. So it
 * is not sent patterns, a least number of 0 or 1, and descriptions of obvious parameters. REST
 * publishes all of that, and every call is checked against it.
 */
export function listedSchema({
  input,
  sharedInputs,
  inputSchema,
}: Pick<ToolDefinition, 'input' | 'sharedInputs' | 'inputSchema'>): ListedSchema {
  const { properties, required } = inputSchema;
  const obvious = new Set(
    [input, ...sharedInputs]
      .flatMap(({ fields }) => fields)
      .filter(({ isObvious }) => isObvious)
      .map(({ name }) => name),
  );
  const listed = Object.entries(properties).map(([name, property]) => [
    name,
    listedProperty(property, obvious.has(name)),
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(listed) as ListedSchema['properties'],
    ...(required && { required }),
  };
}

function listedProperty(
  { pattern: _, description, minimum, maximum, ...rest }: Property,
  isObvious: boolean,
): ListedSchema['properties'][string] {
  return {
    ...rest,
    ...(!isObvious && { description }),
    ...(minimum !== undefined && minimum !== 0 && minimum !== 1 && { minimum }),
    ...(maximum !== undefined && maximum < MAX_INT32 && { maximum }),
  };
}
