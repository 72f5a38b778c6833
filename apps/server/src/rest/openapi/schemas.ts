import type { OpenAPIObject } from '@nestjs/swagger';
import { AUDIT_KINDS, AUDIT_OUTCOMES } from '#access';
import { EXECUTION_STATUSES } from '#executions';
import { EFFECTS, TOOL_ERROR_CODES } from '#tools';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Schemas[string];

const text = (description?: string): Schema => ({
  type: 'string',
  ...(description && { description }),
});
const listOf = (items: Schema): Schema => ({ type: 'array', items });

/** Points to one of the schemas below. */
export const schemaRef = (name: keyof typeof SCHEMAS): { $ref: string } => ({
  $ref: `#/components/schemas/${name}`,
});

const FIELD_ERRORS: Schema = {
  type: 'array',
  description: 'For invalid_input: the wrong parameters, and what is wrong with each.',
  items: {
    type: 'object',
    required: ['field', 'message'],
    properties: { field: text(), message: text(), accepts: text() },
  },
};

const RETRYABLE: Schema = {
  type: 'boolean',
  description: 'Whether the same call may succeed later and is safe to repeat.',
};

const EXECUTION_ID = text('UUID of this run. The log has it too.');

/** The schemas of the REST answers. */
export const SCHEMAS = {
  Problem: {
    type: 'object',
    description: 'A problem document (RFC 9457).',
    required: ['title', 'status', 'code', 'detail', 'retryable'],
    properties: {
      title: text(),
      status: { type: 'integer' },
      code: { type: 'string', enum: TOOL_ERROR_CODES },
      detail: text('What failed, and what to do next.'),
      retryable: RETRYABLE,
      errors: FIELD_ERRORS,
      output: text('The output of the tool before the failure.'),
      execution_id: EXECUTION_ID,
    },
  },
  ToolAnswer: {
    type: 'object',
    required: ['status', 'result', 'execution_id'],
    properties: {
      status: { type: 'string', enum: ['success'] },
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
    properties: { status: { type: 'string', enum: ['accepted'] }, execution_id: EXECUTION_ID },
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
      input_schema: { type: 'object', description: 'JSON Schema of its parameters.' },
      parameters: listOf({
        type: 'object',
        required: ['name', 'type', 'description', 'required', 'default', 'aliases', 'allow_null'],
        properties: {
          name: text(),
          type: text(),
          description: text(),
          required: { type: 'boolean' },
          default: { description: 'The default value, or null if there is none.' },
          aliases: listOf(text()),
          allow_null: { type: 'boolean' },
        },
      }),
      return_type: { type: 'string', enum: ['string'] },
      approval_required: { type: 'boolean', description: 'Whether it is not read-only.' },
      available: { type: 'boolean' },
      unavailable_reason: text('What is missing if the tool is not available.'),
    },
  },
  ToolList: {
    type: 'object',
    required: ['tools'],
    properties: { tools: listOf({ $ref: '#/components/schemas/Tool' }) },
  },
  Categories: listOf(text()),
  Execution: {
    type: 'object',
    description: 'One run of a tool. Times are ISO 8601 in UTC.',
    required: ['id', 'tool', 'category', 'status', 'created_at'],
    properties: {
      id: text(),
      tool: text(),
      category: text(),
      status: { type: 'string', enum: [...EXECUTION_STATUSES] },
      created_at: text(),
      started_at: text(),
      finished_at: text(),
      result: text('The output. For a failed execution: the output before the failure.'),
      data: { description: 'The output as structured data, if the tool has it.' },
      error: {
        type: 'object',
        required: ['code', 'detail', 'retryable'],
        properties: {
          code: { type: 'string', enum: TOOL_ERROR_CODES },
          detail: text(),
          retryable: RETRYABLE,
          errors: FIELD_ERRORS,
        },
      },
    },
  },
  ExecutionList: {
    type: 'object',
    required: ['executions'],
    properties: {
      executions: listOf({ $ref: '#/components/schemas/Execution' }),
      next: text('The value of `after` for the next page. The last page has none.'),
    },
  },
  AuditEntry: {
    type: 'object',
    description: 'An entry of the audit, as it is kept: its hash is of all other fields.',
    required: ['chain', 'seq', 'time', 'kind', 'principal', 'door', 'tool', 'decision', 'hash'],
    properties: {
      chain: text('The server that has made it, from its start to its end.'),
      seq: { type: 'integer', description: 'Its place in the chain.' },
      time: text('ISO 8601 in UTC.'),
      kind: { type: 'string', enum: [...AUDIT_KINDS] },
      principal: {
        type: 'object',
        required: ['id', 'name'],
        properties: { id: text(), name: text(), actor: text('Who acted for the principal.') },
      },
      door: text('The way in: rest, mcp or stdio.'),
      tool: text(),
      arguments: { type: 'object', description: 'Of free text a keyed digest and the length.' },
      context: text(),
      effect: { type: 'string', enum: [...EFFECTS] },
      decision: { type: 'string', enum: ['allowed', 'refused'] },
      rule: text('What decided.'),
      objects: listOf({ $ref: '#/components/schemas/AuditedObject' }),
      moreObjects: { type: 'integer', description: 'Objects beyond those that are kept.' },
      outcome: { type: 'string', enum: [...AUDIT_OUTCOMES] },
      code: { type: 'string', enum: TOOL_ERROR_CODES },
      status: { type: 'integer', description: 'What an API server has answered a request with.' },
      intent: {
        type: 'object',
        description: 'Of an outcome: the entry of its intent.',
        required: ['chain', 'seq'],
        properties: { chain: text(), seq: { type: 'integer' } },
      },
      durationMs: { type: 'integer' },
      bytes: { type: 'integer', description: 'Bytes of the answer.' },
      executionId: text(),
      lost: { type: 'integer', description: 'Calls before this one that are not kept.' },
      previous: text('The hash of the entry before.'),
      hash: text(),
    },
  },
  AuditedObject: {
    type: 'object',
    description:
      'What a request to an API server was about, by its resource, or what a call has changed, by its kind.',
    properties: {
      verb: text('As RBAC names it.'),
      group: text('The API group. The core group is left out.'),
      resource: text('The plural.'),
      kind: text(),
      subresource: text(),
      namespace: text(),
      name: text(),
      body: {
        type: 'object',
        description: 'Of what was sent.',
        required: ['digest', 'length'],
        properties: { digest: text('HMAC-SHA256.'), length: { type: 'integer' } },
      },
      diff: text('What has changed, without values of Secrets.'),
      diffLength: {
        type: 'integer',
        description: 'Characters of the whole diff, where not all is kept.',
      },
    },
  },
  AuditList: {
    type: 'object',
    required: ['entries'],
    properties: {
      entries: listOf({ $ref: '#/components/schemas/AuditEntry' }),
      next: text('The value of `after` for the next page. The last page has none.'),
    },
  },
  Health: {
    type: 'object',
    required: ['status'],
    properties: { status: text() },
  },
} satisfies Schemas;
