import type { IncomingMessage } from 'node:http';
import { ToolError } from '#tools';
import type { ProgramAnswer, ProgramRequest } from './upstream.js';

/** Bytes of the body of a request. API servers take 3 MiB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The headers of a program that an API server gets. The others could say for whom it acts. */
const PASSED = [
  'accept',
  'accept-encoding',
  'content-type',
  'if-none-match',
  'kubectl-command',
  'kubectl-session',
  'user-agent',
];

/** Headers that are about one connection (RFC 9110, section 7.6.1). */
const OF_CONNECTION = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
];

/**
 * Reads a request of a program.
 * @param target its path and query, without the token
 * @throws ToolError `invalid_input` for an unknown method and for a body that is too large
 */
export async function readProgramRequest(
  request: IncomingMessage,
  target: string,
  signal: AbortSignal,
): Promise<ProgramRequest> {
  const method = METHODS.find((one) => one === request.method);
  if (!method) throw new ToolError('invalid_input', `An API server knows no ${request.method}.`);
  const headers: Record<string, string> = {};
  for (const name of PASSED) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return { method, target, headers, body: await bodyOf(request), signal };
}

/** The headers of an answer that the program gets. */
export function sentHeaders(headers: ProgramAnswer['headers']): Record<string, string | string[]> {
  const sent: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !OF_CONNECTION.includes(name)) sent[name] = value;
  }
  return sent;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_BODY_BYTES) {
      throw new ToolError('invalid_input', `A request has more than ${MAX_BODY_BYTES} bytes.`);
    }
    pieces.push(piece);
  }
  return size === 0 ? undefined : Buffer.concat(pieces);
}
