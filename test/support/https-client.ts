import { request as plainRequest, type OutgoingHttpHeaders } from 'node:http';
import { request, type Agent, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';

/** How a request is sent, besides its address. */
export interface Sending extends Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'socketPath'> {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: object;
  /** The connections to use; a new one unless given. */
  agent?: Agent;
}

export interface Answer {
  status: number;
  body: string;
}

/** Sends a request over TLS or a Unix socket, which `fetch` cannot do with certificates. */
export function sendTo(url: string, { body, headers, ...sending }: Sending = {}): Promise<Answer> {
  const send = url.startsWith('https:') ? request : plainRequest;
  const options = { agent: false, ...sending, method: sending.method ?? (body ? 'POST' : 'GET') };
  const type = body && { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    send(url, { ...options, headers: { ...type, ...headers } }, (response) => {
      text(response).then(
        (all) => resolve({ status: response.statusCode ?? 0, body: all }),
        reject,
      );
    })
      .on('error', reject)
      .end(body && JSON.stringify(body));
  });
}
