import type { ServerResponse } from 'node:http';
import { isRecord } from '#base';
import { type ToolError } from '#tools';
import { Outlet } from '../http/outlet.js';
import { asEvent, type JsonRpcResult } from './wire/json-rpc.js';
import type { McpConnection } from './mcp-connection.js';
import { unsentResult } from './wire/tool-result.js';
import { EVENT_STREAM, KEEP_ALIVE_MS } from './wire/web-exchange.js';

const CANCELLED = { error: { code: 0, message: 'Request cancelled' } };

/** A `tools/call` that is a request in every respect. */
export interface CallMessage {
  id: string | number;
  params: { name: string; [key: string]: unknown };
}

interface CallExchange {
  connection: McpConnection;
  message: CallMessage;
  response: ServerResponse;
  /** Aborts when the client cancels; hanging up is noticed here. */
  cancel: AbortController;
  /** The log level that the request asks for. */
  logLevel?: unknown;
  /** Headers of the answer. */
  headers?: Record<string, string>;
  /** Makes the result what the protocol version asks for. */
  seal?: (result: JsonRpcResult) => JsonRpcResult;
}

/**
 * Takes a body for a `tools/call`. Whatever is wrong with it is left to the SDKs, which know what
 * to answer.
 */
export function asCall(body: unknown): CallMessage | undefined {
  const { jsonrpc, method, id, params } = (body ?? {}) as Record<string, unknown>;
  if (jsonrpc !== '2.0' || method !== 'tools/call' || !isRecord(params)) return undefined;
  if (typeof id !== 'string' && !Number.isInteger(id)) return undefined;
  const { name, _meta = {} } = params;
  return typeof name === 'string' && isRecord(_meta) ? (body as CallMessage) : undefined;
}

/**
 * Answers a `tools/call` over HTTP: as JSON, or as an event stream when there is something to tell
 * before the end or the end is not near. The SDKs are left out of it: for each request they make
 * objects and check schemas for longer than a small call takes.
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
  const outlet = new Outlet(response, connection.unread);
  const tell = (text: string) => {
    const head = { ...headers, 'content-type': EVENT_STREAM, 'cache-control': 'no-cache' };
    if (!response.headersSent) response.writeHead(200, head);
    // What there is no room for is left out: the result has all that counts.
    outlet.write(text);
  };
  const signsOfLife = setInterval(() => tell(': keepalive\n\n'), KEEP_ALIVE_MS);
  try {
    const result = await connection.answer({
      method: 'tools/call',
      params: message.params,
      signal,
      logLevel,
      notify: (method, params) => {
        if (!signal.aborted) tell(asEvent(JSON.stringify({ jsonrpc: '2.0', method, params })));
      },
    });
    const answer = (one: JsonRpcResult) => ({
      jsonrpc: '2.0',
      id: message.id,
      ...(signal.aborted ? CANCELLED : { result: seal(one) }),
    });
    const refusal = end(response, outlet, answer(result), headers);
    if (refusal) end(response, outlet, answer(unsentResult(result, refusal)), headers);
  } finally {
    clearInterval(signsOfLife);
    response.off('close', hangUp);
  }
}

/** @returns why the answer is not sent: there is no room for it */
function end(
  response: ServerResponse,
  outlet: Outlet,
  answer: object,
  headers?: Record<string, string>,
): ToolError | undefined {
  const text = JSON.stringify(answer);
  if (!response.headersSent) {
    return outlet.answer(200, { ...headers, 'content-type': 'application/json' }, text);
  }
  const refusal = outlet.write(asEvent(text));
  if (!refusal) outlet.end();
  return refusal;
}
