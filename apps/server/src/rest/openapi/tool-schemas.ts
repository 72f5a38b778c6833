import { EXECUTION_ID, listOf, oneOf, recordOf, ref, text, type Schemas } from './schema-parts.js';

/** The schemas of tools and of their answers. */
export const TOOL_SCHEMAS = {
  ToolAnswer: {
    type: 'object',
    required: ['status', 'result', 'execution_id'],
    properties: {
      status: oneOf(['success']),
      result: text('The output of the tool.'),
      data: {
        description:
          'The output as structured data. Only with `data=true`, and only from tools that have it.',
      },
      execution_id: EXECUTION_ID,
    },
  },
  Accepted: {
    type: 'object',
    required: ['status', 'execution_id'],
    properties: { status: oneOf(['accepted']), execution_id: EXECUTION_ID },
  },
  Tool: {
    type: 'object',
    required: [
      'name',
      'title',
      'description',
      'category',
      'tags',
      'annotations',
      'input_schema',
      'parameters',
      'return_type',
      'approval_required',
      'available',
    ],
    properties: {
      name: text(),
      title: text(),
      description: text(),
      category: text(),
      tags: listOf(text()),
      annotations: {
        type: 'object',
        required: ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'],
        properties: {
          readOnlyHint: { type: 'boolean' },
          destructiveHint: { type: 'boolean' },
          idempotentHint: { type: 'boolean' },
          openWorldHint: { type: 'boolean' },
        },
      },
      input_schema: recordOf(true, 'JSON Schema of its parameters.'),
      parameters: listOf(ref('ToolParameter')),
      return_type: oneOf(['string']),
      approval_required: { type: 'boolean', description: 'Whether it is not read-only.' },
      available: { type: 'boolean' },
      unavailable_reason: text('What is missing if the tool is not available.'),
    },
  },
  ToolParameter: {
    type: 'object',
    required: ['name', 'type', 'description', 'required', 'default', 'aliases', 'allow_null'],
    properties: {
      name: text(),
      type: oneOf(['string', 'integer', 'boolean']),
      description: text(),
      required: { type: 'boolean' },
      default: {
        type: ['string', 'integer', 'boolean', 'null'],
        description: 'The default value, or null if there is none.',
      },
      aliases: listOf(text()),
      allow_null: { type: 'boolean' },
    },
  },
  ToolList: {
    type: 'object',
    required: ['tools'],
    properties: { tools: listOf(ref('Tool')) },
  },
  Categories: listOf(text()),
} satisfies Schemas;
