import { parseJson } from '#base';
import { ToolError, type ToolErrorCode } from '#tools';
import type { Answer } from './exchange.js';
import type { Connection } from './connection/connection.js';
import { nameOf } from './transport-error.js';

/** Keeps `Retry-After: 0` from becoming a busy loop. */
const LEAST_PAUSE_MS = 100;

/** The API server's plain-text answers to requests that it refuses without processing. */
const PLAIN_REFUSAL = /^(?:404 page not found|4\d\d [A-Z])/;

/** Kubernetes' own error document (meta/v1 Status). */
export interface ApiStatus {
  kind: 'Status';
  code: number;
  reason?: string;
  message?: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    retryAfterSeconds?: number;
    causes?: { reason?: string; message?: string; field?: string }[];
  };
}

const CODES: Record<number, ToolErrorCode> = {
  400: 'invalid_input',
  // The API server refused the credentials of this server, not of its caller.
  401: 'forbidden',
  403: 'forbidden',
  404: 'not_found',
  405: 'invalid_input',
  406: 'invalid_input',
  408: 'timeout',
  409: 'conflict',
  412: 'precondition',
  413: 'invalid_input',
  415: 'invalid_input',
  422: 'invalid_input',
  429: 'busy',
  503: 'unavailable',
  504: 'timeout',
};

/**
 * The ToolError for an HTTP answer that is not a success. Its `cause` is the ApiStatus where the
 * API server sent one.
 */
export function apiError(
  { status, headers, body }: Answer,
  connection: Connection,
  isRead: boolean,
): ToolError {
  const code = CODES[status] ?? 'upstream';
  const cause = readStatus(body);
  const retryAfterSeconds = retryAfter(headers);
  const retryable = code === 'timeout' ? isRead : undefined;
  return new ToolError(code, message(status, cause, connection), {
    cause,
    retryable,
    retryAfterSeconds,
  });
}

/** The API server's Status document that an error was made from, if there is one. */
export function apiStatusOf(error: unknown): ApiStatus | undefined {
  const cause = error instanceof ToolError ? (error.cause as ApiStatus | undefined) : undefined;
  return cause?.kind === 'Status' ? cause : undefined;
}

/** `Retry-After` in seconds, if the answer has one. */
function retryAfter(headers: Answer['headers']): number | undefined {
  const seconds = Number(headers['retry-after'] ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function message(status: number, cause: ApiStatus | undefined, connection: Connection): string {
  const target = nameOf(connection);
  if (status === 401) {
    return `${target} refused the credentials of this server (401). Renew the credentials of this context.`;
  }
  if (!cause?.message) return `${target} answered with HTTP ${status}.`;
  return status >= 500 || status === 429 ? `${target}: ${cause.message}` : cause.message;
}

function readStatus(body: Buffer): ApiStatus | undefined {
  // A proxy's error page is of no use to anybody.
  if (body[0] !== 0x7b) return undefined;
  try {
    const document = parseJson(body.toString()) as Partial<ApiStatus>;
    return document.kind === 'Status' ? (document as ApiStatus) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a failure comes from something between us and the API server, which may have lost the
 * answer to a change that was made. The API server itself gives the reason in a Status, except when
 * it is overloaded (429).
 */
export function isNotOfServer(failure: ToolError, { status, body }: Answer): boolean {
  if (status === 429 || apiStatusOf(failure) !== undefined) return false;
  return status === 408 || !PLAIN_REFUSAL.test(body.toString('latin1', 0, 100));
}

/** How long the API server asks to wait before a retry. Infinity if it does not ask. */
export function pauseMsOf(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  read: boolean,
): number {
  const seconds = status === 429 || (status === 503 && read) ? retryAfter(headers) : undefined;
  return seconds === undefined ? Infinity : Math.max(seconds * 1000, LEAST_PAUSE_MS);
}
