import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ServerSentEvent } from '../../http/event-stream.js';

/** The codes of JSON-RPC 2.0, chapter 5.1, and of MCP's HTTP transports. */
export const JSON_RPC = {
  parseError: -32_700,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
  refused: -32_000,
  sessionNotFound: -32_001,
} as const;

/** The result of a request, as both SDKs take it. */
export interface JsonRpcResult {
  [key: string]: unknown;
  _meta?: Record<string, unknown>;
}

/**
 * A fault of the protocol, not of a tool. Both SDKs answer a thrown error that has an integer
 * `code` with that code.
 */
export class ProtocolFault extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: object,
  ) {
    super(message);
  }
}

/** Makes a `ProtocolFault`. */
export function protocolFault(code: number, message: string, data?: object): ProtocolFault {
  return new ProtocolFault(code, message, data);
}

/**
 * Turns an internal error of an SDK into "invalid params". The SDKs use it for requests that their
 * schemas refuse. Handlers of this server do not. Other messages stay as they are.
 */
export function asCallersFault<Message extends object>(message: Message): Message {
  const { error } = message as { error?: { code: number } };
  if (error?.code !== JSON_RPC.internal) return message;
  return { ...message, error: { ...error, code: JSON_RPC.invalidParams } };
}

/** An error without the id of a request. */
export function fault(code: number, message: string): object {
  return { jsonrpc: '2.0', error: { code, message }, id: null };
}

/** A message as a server-sent event. */
export function asEvent(message: object): ServerSentEvent {
  return { event: 'message', data: message };
}

/** Answers an HTTP request with a JSON-RPC error without an SDK. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
  headers: OutgoingHttpHeaders = {},
): void {
  response
    .writeHead(status, { ...headers, 'content-type': 'application/json' })
    .end(JSON.stringify(fault(code, message)));
}
