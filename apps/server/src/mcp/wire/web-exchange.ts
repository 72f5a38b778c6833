import type { IncomingMessage, ServerResponse } from 'node:http';
import { Outlet } from '../../http/outlet.js';
import type { Unread } from '../../http/unread.js';
import { asEvent, fault, JSON_RPC, refuse } from './json-rpc.js';

/*
 * Between Node's HTTP objects and the web-standard ones of the SDKs. The SDKs' own adapters serve
 * any server and any body, and take several times as long for that.
 */

/**
 * After this long in silence an event stream gives a sign of life, as clients and proxies give up
 * on one without.
 */
export const KEEP_ALIVE_MS = 15_000;
export const EVENT_STREAM = 'text/event-stream';

/** A request without its body, which was read already. Nobody looks at its URL. */
export function toWebRequest({ method, headers }: IncomingMessage, signal?: AbortSignal): Request {
  return new Request('http://localhost/mcp', {
    method,
    headers: headers as Record<string, string>,
    signal,
  });
}

/** Writes an answer as it comes and as fast as the client reads it, until the client hangs up. */
export async function writeAnswer(
  answer: Response,
  target: ServerResponse,
  unread: Unread,
): Promise<void> {
  const headers = Object.fromEntries(answer.headers);
  const outlet = new Outlet(target, unread);
  if (answer.body && headers['content-type'] === EVENT_STREAM) {
    target.writeHead(answer.status, headers);
    return writeStream(answer.body, target, outlet);
  }
  const refusal = outlet.answer(answer.status, headers, await answer.text());
  if (refusal) refuse(target, 429, JSON_RPC.refused, refusal.message);
}

async function writeStream(
  body: ReadableStream<Uint8Array>,
  target: ServerResponse,
  outlet: Outlet,
): Promise<void> {
  // A stream that the client opened to listen may have nothing to say for long. Any other waits to
  // go out with its first event.
  if (target.req.method === 'GET') target.flushHeaders();
  const reader = body.getReader();
  const hangUp = () => void reader.cancel();
  target.once('close', hangUp);
  if (target.destroyed) hangUp();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const refusal = outlet.write(value);
    if (refusal) {
      outlet.writeAnyway(asEvent(JSON.stringify(fault(JSON_RPC.refused, refusal.message))));
      await reader.cancel();
      break;
    }
    await outlet.flushed();
  }
  target.off('close', hangUp);
  outlet.end();
}
