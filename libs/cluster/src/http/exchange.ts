import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { AnswerBody } from './answer-body.js';
import type { Deadline } from './deadline.js';

/** A whole HTTP answer in memory. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** An HTTP answer whose body is still coming. */
export interface OpenAnswer extends Omit<Answer, 'body'> {
  body: Readable;
}

/**
 * Sends one request and collects the answer. Works below undici's streams: on the hot path they
 * cost more than the rest of the request. When the deadline ends, the socket is given up.
 * @param body takes the answer's body, and says when that is too much; released at the end
 * @param onSent called when the request goes out: from then on the API server may act on it
 * @throws ToolError of the deadline, or undici's error
 */
export function collect(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  deadline: Deadline,
  body: AnswerBody,
  onSent: () => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: Answer['headers'] = {};
    const fail = (reason: Error) => {
      body.release();
      reject(reason);
    };
    deadline.onEnd((reason) => {
      fail(reason);
      controller?.abort(reason);
    });
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started;
        // The deadline may have passed while the request waited for a connection.
        if (deadline.ended) started.abort(deadline.ended);
        else onSent();
      },
      onResponseStart(_, statusCode, responseHeaders) {
        status = statusCode;
        headers = responseHeaders;
      },
      onResponseData(started, chunk) {
        const error = body.add(chunk);
        if (!error) return;
        fail(error);
        started.abort(error);
      },
      onResponseEnd() {
        body.release();
        resolve({ status, headers, body: body.whole() });
      },
      onResponseError(_, error) {
        fail(error);
      },
    });
  });
}

/**
 * Sends one request; the answer's body is read as it comes, except that of an error.
 * @param errorBody takes the body of an error, as much of it as it has room for
 */
export async function open(
  dispatcher: Dispatcher,
  options: Dispatcher.RequestOptions,
  errorBody: AnswerBody,
): Promise<Answer | OpenAnswer> {
  const { statusCode: status, headers, body } = await dispatcher.request(options);
  if (status < 400) return { status, headers, body };
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      // The status says enough; leaving ends the connection.
      if (errorBody.add(piece)) break;
    }
  } finally {
    errorBody.release();
  }
  return { status, headers, body: errorBody.whole() };
}
