import type { PropertySchema, ToolDefinition } from '#tools';

/** A parameter of a tool, as REST lists it. */
export interface ParameterView {
  name: string;
  type: string;
  description: string;
  required: boolean;
  default: string | number | boolean | null;
  aliases: string[];
  allow_null: boolean;
}

/** A tool, as REST lists it. */
export interface ToolView {
  name: string;
  title: string;
  description: string;
  category: string;
  tags: readonly string[];
  annotations: ToolDefinition['annotations'];
  input_schema: ToolDefinition['inputSchema'];
  parameters: ParameterView[];
  return_type: 'string';
  approval_required: boolean;
  available: boolean;
  /** What is missing if the tool is not available. */
  unavailable_reason?: string;
}

/**
 * Shows a tool as REST lists it. Every tool that is not read-only says that it needs approval,
 * because the older Engine checks nothing else.
 */
export async function presentTool(tool: ToolDefinition): Promise<ToolView> {
  const { name, title, description, category, tags, annotations, inputSchema } = tool;
  const required = new Set(inputSchema.required);
  const lacks = await Promise.all(tool.requirements.map((requirement) => requirement.missing()));
  const missing = lacks.find((lack) => lack !== undefined);
  return {
    name,
    title,
    description,
    category,
    tags,
    annotations,
    input_schema: inputSchema,
    parameters: Object.entries(inputSchema.properties).map(([field, schema]) =>
      presentParameter(field, schema, required.has(field)),
    ),
    return_type: 'string',
    approval_required: !annotations.readOnlyHint,
    available: missing === undefined,
    ...(missing !== undefined && { unavailable_reason: missing }),
  };
}

function presentParameter(name: string, schema: PropertySchema, required: boolean): ParameterView {
  const { type, description } = schema;
  return {
    name,
    type,
    description,
    required,
    default: schema.default ?? null,
    aliases: [],
    allow_null: !required,
  };
}
