import type { ServerResponse } from 'node:http';
import { isRecord } from '#base';
import { type ToolError } from '#tools';
import type { EventStream } from '../http/event-stream.js';
import { asEvent, ProtocolFault, type JsonRpcResult } from './wire/json-rpc.js';
import type { McpConnection } from './mcp-connection.js';
import { unsentResult } from './wire/tool-result.js';

const CANCELLED = { error: { code: 0, message: 'Request cancelled' } };

/** A well-formed `tools/call` request. */
export interface CallMessage {
  id: string | number;
  params: { name: string; [key: string]: unknown };
}

interface CallExchange {
  connection: McpConnection;
  message: CallMessage;
  response: ServerResponse;
  /** Is aborted when the client cancels. `exchangeCall` aborts it when the client hangs up. */
  cancel: AbortController;
  /** The log level that the request asks for. */
  logLevel?: unknown;
  /** Headers of the answer. */
  headers?: Record<string, string>;
  /** Makes the result what the protocol version asks for. */
  seal?: (result: JsonRpcResult) => JsonRpcResult;
}

/** The body as a `tools/call`. Undefined for any other body: the SDKs answer malformed ones. */
export function asCall(body: unknown): CallMessage | undefined {
  const { jsonrpc, method, id, params } = (body ?? {}) as Record<string, unknown>;
  if (jsonrpc !== '2.0' || method !== 'tools/call' || !isRecord(params)) return undefined;
  if (typeof id !== 'string' && !Number.isInteger(id)) return undefined;
  const { name, _meta = {} } = params;
  return typeof name === 'string' && isRecord(_meta) ? (body as CallMessage) : undefined;
}

/**
 * Answers a `tools/call` over HTTP. The answer is JSON, or an event stream if there is something to
 * send before the result. The SDKs take no part, because their objects and schema checks take
 * longer than a small call.
 */
export async function exchangeCall(exchange: CallExchange): Promise<void> {
  const {
    connection,
    message,
    response,
    cancel,
    logLevel,
    headers,
    seal = (result) => result,
  } = exchange;
  const { signal } = cancel;
  const hangUp = () => cancel.abort();
  response.once('close', hangUp);
  const stream = connection.http.stream(response, headers);
  const leave = new AbortController();
  stream.onExpired = () => leave.abort();
  try {
    const result = await connection.answer({
      method: 'tools/call',
      params: message.params,
      source: { id: message.id, headers: response.req.headers },
      signal,
      leave: leave.signal,
      logLevel,
      notify: (method, params) => {
        // A notification that there is no room for is left out. The result has all that counts.
        if (!signal.aborted) stream.send(asEvent({ jsonrpc: '2.0', method, params }));
      },
    });
    const answer = (one: JsonRpcResult) => ({
      jsonrpc: '2.0',
      id: message.id,
      ...(signal.aborted ? CANCELLED : { result: seal(one) }),
    });
    const refusal = end(exchange, stream, answer(result));
    if (refusal) end(exchange, stream, answer(unsentResult(result, refusal)));
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error;
    const { code, message: text, data } = error;
    end(exchange, stream, { jsonrpc: '2.0', id: message.id, error: { code, message: text, data } });
  } finally {
    stream.stop();
    response.off('close', hangUp);
  }
}

/**
 * Sends the answer, as JSON unless the stream has begun.
 * @returns the reason when there is no room for it
 */
function end(
  { connection, response, headers }: CallExchange,
  stream: EventStream,
  answer: object,
): ToolError | undefined {
  if (!response.headersSent) {
    const jsonHeaders = { ...headers, 'content-type': 'application/json' };
    return connection.http.outlet(response).answer(200, jsonHeaders, JSON.stringify(answer));
  }
  const refusal = stream.send(asEvent(answer));
  if (!refusal) stream.end();
  return refusal;
}
