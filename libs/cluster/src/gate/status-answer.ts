import type { ToolError, ToolErrorCode } from '#tools';

/** HTTP status and reason, as API servers give them, by the code of a failure. */
const STATUSES: Partial<Record<ToolErrorCode, readonly [number, string]>> = {
  forbidden: [403, 'Forbidden'],
  unauthenticated: [401, 'Unauthorized'],
  approval_required: [403, 'Forbidden'],
  invalid_input: [400, 'BadRequest'],
  not_found: [404, 'NotFound'],
  conflict: [409, 'Conflict'],
  busy: [429, 'TooManyRequests'],
  timeout: [504, 'Timeout'],
  unavailable: [503, 'ServiceUnavailable'],
};

/** A failure as the Status by which an API server refuses a request. */
export function statusAnswer({ code, message }: ToolError): {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
} {
  const [status, reason] = STATUSES[code] ?? [500, 'InternalError'];
  const document = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: status,
  };
  const body = Buffer.from(JSON.stringify(document));
  return { status, headers: { 'content-type': 'application/json' }, body };
}
