import { EXECUTION_STATUSES } from '#executions';
import {
  EXECUTION_ID,
  listOf,
  NEXT,
  oneOf,
  ref,
  RETRYABLE,
  text,
  time,
  type Schemas,
} from './schema-parts.js';

/** The schemas of executions and of their events. */
export const EXECUTION_SCHEMAS = {
  Execution: {
    type: 'object',
    description: 'One run of a tool. Times are ISO 8601 in UTC.',
    required: ['id', 'tool', 'category', 'status', 'created_at'],
    properties: {
      id: EXECUTION_ID,
      tool: text(),
      category: text(),
      status: oneOf(EXECUTION_STATUSES),
      created_at: time(),
      started_at: time(),
      finished_at: time(),
      result: text('The output. For a failed execution: the output before the failure.'),
      data: { description: 'The output as structured data, if the tool has it.' },
      error: ref('ExecutionError'),
    },
  },
  ExecutionError: {
    type: 'object',
    description: 'Why an execution failed.',
    required: ['code', 'detail', 'retryable'],
    properties: {
      code: ref('ErrorCode'),
      detail: text('What failed, and what to do next.'),
      retryable: RETRYABLE,
      errors: listOf(ref('FieldError')),
    },
  },
  ExecutionList: {
    type: 'object',
    required: ['executions'],
    properties: { executions: listOf(ref('Execution')), next: NEXT },
  },
  ExecutionEvent: {
    description:
      'The data of one server-sent event, by its name: `progress`, `output`, `result` (the ' +
      'execution, which has ended) or `closing`. Each event but `closing` has an id, which ' +
      '`Last-Event-ID` takes.',
    oneOf: ['ExecutionProgress', 'ExecutionOutput', 'Execution', 'StreamClosing'].map(ref),
  },
  ExecutionProgress: {
    type: 'object',
    description: 'The data of the event `progress`.',
    required: ['progress'],
    properties: {
      progress: { type: 'number', description: 'How far it is, in the unit of `total`.' },
      total: { type: 'number', description: 'Left out where it is unknown.' },
      message: text('What it is doing.'),
      settled: {
        type: 'boolean',
        description: 'Whether all changes are made, and it only waits.',
      },
    },
  },
  ExecutionOutput: {
    type: 'object',
    description: 'The data of the event `output`.',
    required: ['text'],
    properties: { text: text('The next piece of the output.') },
  },
  StreamClosing: {
    type: 'object',
    description: 'The data of the event `closing`: the stream ends before the execution does.',
    required: ['reason'],
    properties: { reason: text() },
  },
} satisfies Schemas;
