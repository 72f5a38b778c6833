import { TOOL_ERROR_CODES } from '#tools';
import { EVENT_STREAM } from '../../http/event-stream.js';
import { STATUS_OF } from '../problem.filter.js';
import type { Operation } from './parameters.js';
import { schemaRef } from './schemas.js';

type Responses = Operation['responses'];
type Response = Exclude<Responses[string], { $ref: string } | undefined>;

const JSON_TYPE = 'application/json';

/** A header of an answer. One that is not `required` is sent where it has something to say. */
const header = (description: string, { type = 'string', required = false } = {}) => ({
  description,
  required,
  schema: { type },
});
const json = (name: Parameters<typeof schemaRef>[0]) => ({
  [JSON_TYPE]: { schema: schemaRef(name) },
});
const TEXT = { 'text/plain': { schema: { type: 'string' } } };
/** The schema is that of the data of each event: what clients for streams are generated from. */
const EVENTS = { [EVENT_STREAM]: { schema: schemaRef('ExecutionEvent') } };

const TAGGED = { ETag: header('Send it back as If-None-Match.', { required: true }) };
const LOCATION = { Location: header('The path of the execution.', { required: true }) };
const RETRY_AFTER = {
  'Retry-After': header('Seconds after which to try again.', { type: 'integer' }),
};
const CHALLENGE = { 'WWW-Authenticate': header('Which credential would help (RFC 6750).') };

/** The headers of problem documents, by status. */
const PROBLEM_HEADERS: Record<number, NonNullable<Response['headers']>> = {
  401: CHALLENGE,
  403: CHALLENGE,
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/** The meaning of each status for all operations. */
const MEANINGS: Record<number, string> = {
  400: 'the request cannot be read: its body is not JSON, or a header is malformed',
  401: 'the request has no credential that is valid',
  403: 'the caller may not do this, or the Host or Origin header is not allowed',
  404: 'it does not exist',
  409: 'its current state does not allow this',
  413: 'the body is too large',
  415: 'the Content-Type header is not application/json',
  422: 'a parameter is wrong, or the answer is too large',
  429: 'this caller has too many open requests or unread answers',
  500: 'a bug in the server',
  503: 'the server is stopping, or its database does not answer',
};

/** The error statuses of every operation, and of the probes. */
const ANY = [400, 401, 403, 429, 500];
const ANY_PROBE = [400, 500];

/** Problem documents for the statuses of every operation and for `more`. */
function problems(more: readonly number[], meanings = MEANINGS): Responses {
  return problemsOf([...new Set([...ANY, ...more])], meanings);
}

function problemsOf(statuses: readonly number[], meanings = MEANINGS): Responses {
  return Object.fromEntries(
    statuses.map((status) => [status, problem(status, meanings[status] ?? '')]),
  );
}

function problem(status: number, description: string): Response {
  const headers = PROBLEM_HEADERS[status];
  return {
    description,
    ...(headers && { headers }),
    content: { 'application/problem+json': { schema: schemaRef('Problem') } },
  };
}

const NOT_MODIFIED: Response = {
  description: 'The list has not changed since the ETag in If-None-Match.',
  headers: TAGGED,
};

function tagged(description: string, name: Parameters<typeof schemaRef>[0]): Responses {
  return { 200: { description, content: json(name), headers: TAGGED }, 304: NOT_MODIFIED };
}

const EXECUTION: Responses = {
  200: { description: 'The execution, which has ended.', content: json('Execution') },
  202: {
    description: 'The execution, which has not ended.',
    content: json('Execution'),
    headers: LOCATION,
  },
};

/** The responses of each REST operation that is not a tool, by operation id. */
export const RESPONSES: Record<string, Responses> = {
  list_tools: { ...tagged('The tools.', 'ToolList'), ...problems([404, 422]) },
  list_categories: { ...tagged('Their names.', 'Categories'), ...problems([]) },
  list_tools_of_category: { ...tagged('Its tools.', 'ToolList'), ...problems([404]) },
  get_tool: { ...tagged('The tool.', 'Tool'), ...problems([404]) },
  list_executions: {
    200: { description: 'A page of executions.', content: json('ExecutionList') },
    ...problems([422, 503]),
  },
  list_audit: {
    200: { description: 'A page of the audit.', content: json('AuditList') },
    ...problems([422, 503]),
  },
  get_execution: { ...EXECUTION, ...problems([404, 422, 503]) },
  get_execution_output: {
    200: {
      description: 'A piece of the output.',
      content: TEXT,
      headers: {
        'X-Total-Chars': header('Number of characters of the whole output.', {
          type: 'integer',
          required: true,
        }),
        'X-Next-Offset': header('The offset of the next piece, if there is one.', {
          type: 'integer',
        }),
      },
    },
    ...problems([404, 422, 503]),
  },
  follow_execution: {
    200: { description: 'The events.', content: EVENTS },
    ...problems([404, 422, 503]),
  },
  cancel_execution: { ...EXECUTION, ...problems([404, 409, 413, 415, 422, 503]) },
  health: {
    200: { description: 'The server runs.', content: json('Health') },
    ...problemsOf(ANY_PROBE),
  },
  ready: {
    200: { description: 'Ready, or degraded.', content: json('Readiness') },
    503: {
      description: 'No cluster answers, or the server is stopping.',
      content: json('Readiness'),
    },
    ...problemsOf(ANY_PROBE),
  },
};

/** The responses of running a tool. */
export function toolResponses(): Responses {
  const meanings = new Map<number, string[]>(
    [400, 403, 413, 415].map((status) => [status, [MEANINGS[status] ?? '']]),
  );
  for (const code of TOOL_ERROR_CODES) {
    const status = STATUS_OF[code];
    meanings.set(status, [...(meanings.get(status) ?? []), code]);
  }
  const described = Object.fromEntries(
    [...meanings].map(([key, words]) => [key, words.join(', ')]),
  );
  const preferred = 'What of the Prefer header was followed: respond-async.';
  return {
    200: {
      description: 'The tool succeeded.',
      // Generators take the first type.
      content: { ...json('ToolAnswer'), ...TEXT, ...EVENTS },
      headers: { 'Preference-Applied': header(preferred) },
    },
    202: {
      description: 'The execution continues, as requested with `Prefer: respond-async`.',
      content: json('Accepted'),
      headers: { ...LOCATION, 'Preference-Applied': header(preferred, { required: true }) },
    },
    ...problems([...meanings.keys()], described),
  };
}
