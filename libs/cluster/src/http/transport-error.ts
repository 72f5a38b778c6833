import { ToolError } from '#tools';
import type { Connection } from './connection/connection.js';

const UNTRUSTED = "its certificate is not one of the kubeconfig's certificate-authority";

const REASONS: Record<string, string> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name could not be looked up',
  EHOSTUNREACH: 'no route to its host',
  ENETUNREACH: 'its network is unreachable',
  ETIMEDOUT: 'no answer to the connection attempt',
  UND_ERR_CONNECT_TIMEOUT: 'no answer to the connection attempt',
  ECONNRESET: 'it closed the connection without an answer',
  EPIPE: 'it closed the connection without an answer',
  UND_ERR_SOCKET: 'it closed the connection without an answer',
  UND_ERR_CLOSED: 'this server is shutting down',
  UND_ERR_DESTROYED: 'this server is shutting down',
};

/** The code of an answer that is larger than it may be. */
export const TOO_LARGE = 'ANSWER_TOO_LARGE';

/** An answer was larger than it may be: to make objects of it would hold up everybody else. */
export class AnswerTooLarge extends ToolError {
  constructor(target: string, cause: unknown) {
    super('upstream', `${target} sent an answer that is too large. Ask for less.`, { cause });
  }
}

/**
 * The connection broke before an answer came. On kept-alive connections this happens now and then.
 */
export function isDeadSocket(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(error));
}

/** Nothing listens at the address, so the request was certainly not executed. */
export function isRefused(error: unknown): boolean {
  return codeOf(error) === 'ECONNREFUSED';
}

/** The ToolError for a request that got no HTTP answer. */
export function transportError(cause: unknown, connection: Connection): ToolError {
  if (cause instanceof ToolError) return cause;
  const target = nameOf(connection);
  if (codeOf(cause) === TOO_LARGE) return new AnswerTooLarge(target, cause);
  return new ToolError('unavailable', `${target} cannot be reached: ${reasonOf(cause)}.`, {
    cause,
  });
}

/**
 * The failure of a change that was sent, but not answered by the API server itself. A retry may
 * make the change twice.
 */
export function ofUnknownOutcome(failure: ToolError): ToolError {
  return failure.with({
    message: `${failure.message} The change may or may not have been made.`,
    retryable: false,
    isOutcomeUnknown: true,
  });
}

/** How messages name an API server: context and address, never a credential. */
export function nameOf({ name, server }: Connection): string {
  return `Cluster "${name}" (${server.origin}${server.pathname.replace(/\/$/, '')})`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function reasonOf(error: unknown): string {
  const known = REASONS[codeOf(error)];
  if (known) return known;
  if (!(error instanceof Error)) return String(error);
  // OpenSSL's errors carry a short reason; their message also has source positions.
  if ('reason' in error && typeof error.reason === 'string') return `TLS: ${error.reason}`;
  const message = error.message.split('\n', 1)[0] ?? '';
  return codeOf(error) && !message.includes(codeOf(error))
    ? `${message} (${codeOf(error)})`
    : message;
}
