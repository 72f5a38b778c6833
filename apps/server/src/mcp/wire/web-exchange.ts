import type { IncomingMessage, ServerResponse } from 'node:http';
import { CREDENTIAL_ENDED } from '../../http/credential-watch.js';
import type { HttpAnswers } from '../../http/http-answers.js';
import { requestIdOf } from '../../http/request-id.js';
import { EVENT_STREAM, type EventStream } from '../../http/event-stream.js';
import { asEvent, fault, JSON_RPC, refuse } from './json-rpc.js';

/*
 * Converts between Node's HTTP objects and the web-standard objects of the SDKs. The SDKs' own
 * adapters are general and take several times as long.
 */

/** A request without its body, which is read already. The SDKs do not use its URL. */
export function toWebRequest(request: IncomingMessage, signal?: AbortSignal): Request {
  // The SDK hands the headers on with each message.
  requestIdOf(request);
  const { method, headers } = request;
  return new Request('http://localhost/mcp', {
    method,
    headers: headers as Record<string, string>,
    signal,
  });
}

/** Writes an answer no faster than the client reads it, until the client hangs up. */
export async function writeAnswer(
  answer: Response,
  target: ServerResponse,
  http: HttpAnswers,
): Promise<void> {
  const headers = Object.fromEntries(answer.headers);
  if (answer.body && headers['content-type'] === EVENT_STREAM) {
    return writeStream(answer.body, target, http.stream(target, headers));
  }
  const text = await answer.text();
  const refusal = http.outlet(target).answer(answer.status, headers, text);
  if (refusal) refuse(target, 429, JSON_RPC.refused, refusal.message);
}

async function writeStream(
  body: ReadableStream<Uint8Array>,
  target: ServerResponse,
  stream: EventStream,
): Promise<void> {
  // A client that listens may get no event for long. The head of its stream goes out at once.
  if (target.req.method === 'GET') stream.open();
  const reader = body.getReader();
  const hangUp = () => void reader.cancel();
  target.once('close', hangUp);
  if (target.destroyed) hangUp();
  stream.onExpired = () => {
    // A client whose stream only listens takes its end for what it is, and opens another one.
    if (target.req.method !== 'GET') {
      stream.sendAnyway(asEvent(fault(JSON_RPC.refused, CREDENTIAL_ENDED)));
    }
    hangUp();
  };
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const refusal = stream.write(value);
    if (refusal) {
      stream.sendAnyway(asEvent(fault(JSON_RPC.refused, refusal.message)));
      await reader.cancel();
      break;
    }
    await stream.flushed();
  }
  target.off('close', hangUp);
  stream.end();
}
