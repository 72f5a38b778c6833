import type { Dispatcher } from 'undici';
import type { Deadline } from './deadline.js';
import { TOO_LARGE } from './transport-error.js';

/** A whole HTTP answer in memory. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** An HTTP answer whose body is still coming. */
export interface OpenAnswer extends Omit<Answer, 'body'> {
  body: AsyncIterable<Uint8Array>;
}

/**
 * Sends one request and collects the answer. Works below undici's streams: on the hot path they
 * cost more than the rest of the request. When the deadline ends, the socket is given up.
 * @param maxBytes bytes of a body after which the answer is given up
 * @param onSent called when the request goes out: from then on the API server may act on it
 * @throws ToolError of the deadline, or undici's error
 */
export function collect(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  deadline: Deadline,
  maxBytes: number,
  onSent: () => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: Answer['headers'] = {};
    const chunks: Buffer[] = [];
    let size = 0;
    deadline.onEnd((reason) => {
      reject(reason);
      controller?.abort(reason);
    });
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started;
        // It may have ended while the request waited for a connection.
        if (deadline.ended) started.abort(deadline.ended);
        else onSent();
      },
      onResponseStart(_, statusCode, responseHeaders) {
        status = statusCode;
        headers = responseHeaders;
      },
      onResponseData(started, chunk) {
        size += chunk.length;
        if (size > maxBytes) {
          const error = Object.assign(new Error('Too large.'), { code: TOO_LARGE });
          reject(error);
          started.abort(error);
          return;
        }
        chunks.push(chunk);
      },
      onResponseEnd() {
        const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
        resolve({ status, headers, body });
      },
      onResponseError(_, error) {
        reject(error);
      },
    });
  });
}

/** Sends one request; the answer's body is read as it comes, except that of an error. */
export async function open(
  dispatcher: Dispatcher,
  options: Dispatcher.RequestOptions,
): Promise<Answer | OpenAnswer> {
  const { statusCode: status, headers, body } = await dispatcher.request(options);
  return status < 400
    ? { status, headers, body }
    : { status, headers, body: Buffer.from(await body.arrayBuffer()) };
}
