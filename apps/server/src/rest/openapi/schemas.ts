import { TOOL_ERROR_CODES } from '#tools';
import { AUDIT_SCHEMAS } from './audit-schemas.js';
import { EXECUTION_SCHEMAS } from './execution-schemas.js';
import {
  EXECUTION_ID,
  integer,
  listOf,
  oneOf,
  recordOf,
  ref,
  RETRYABLE,
  text,
  type Schemas,
} from './schema-parts.js';
import { TOOL_SCHEMAS } from './tool-schemas.js';

/** The schemas of the REST answers. */
export const SCHEMAS = {
  Problem: {
    type: 'object',
    description: 'A problem document (RFC 9457).',
    required: ['title', 'status', 'code', 'detail', 'retryable', 'request_id'],
    properties: {
      title: text(),
      status: integer(),
      code: ref('ErrorCode'),
      detail: text('What failed, and what to do next.'),
      retryable: RETRYABLE,
      errors: listOf(ref('FieldError')),
      output: text('The output of the tool before the failure.'),
      execution_id: EXECUTION_ID,
      request_id: text('The id of the request: its X-Request-Id, or a new one.'),
    },
  },
  ErrorCode: oneOf(TOOL_ERROR_CODES),
  FieldError: {
    type: 'object',
    description: 'A wrong parameter, and what is wrong with it.',
    required: ['field', 'message'],
    properties: { field: text(), message: text(), accepts: text('What would be right.') },
  },
  ...TOOL_SCHEMAS,
  ...EXECUTION_SCHEMAS,
  ...AUDIT_SCHEMAS,
  Health: {
    type: 'object',
    required: ['status'],
    properties: { status: oneOf(['ok']) },
  },
  Readiness: {
    type: 'object',
    description: 'Strangers get the status alone.',
    required: ['status'],
    properties: {
      status: oneOf(['ready', 'degraded', 'error', 'stopping']),
      contexts: recordOf(text(), 'For each context "ok", or what is wrong.'),
      missing: listOf({
        type: 'object',
        required: ['reason', 'tools'],
        properties: {
          reason: text('What is missing on this machine or in a cluster.'),
          tools: listOf(text('A tool that needs it.')),
        },
      }),
    },
  },
} satisfies Schemas;

/** Points to one of the schemas. */
export const schemaRef = (name: keyof typeof SCHEMAS): { $ref: string } => ref(name);
