import { once } from 'node:events';
import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { ToolError } from '#tools';
import type { DownloadConnections } from './download-connections.js';
import type { DownloadRun } from './download-run.js';
import { failureOf } from './proxy-failure.js';

/** Headers that are about one connection (RFC 9110, section 7.6.1). */
const OF_CONNECTION = [
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Sends a request without TLS on to its host, and the answer back. */
export async function forwardRequest(
  connections: DownloadConnections,
  run: DownloadRun,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = targetOf(request);
    const answer = await answerTo(connections, run, url, request, response);
    const { location } = answer.headers;
    const target = location === undefined ? null : URL.parse(location, url.href);
    try {
      if (target) connections.checkRedirect(target);
    } catch (error) {
      answer.destroy();
      throw error;
    }
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    await pipeline(answer, response);
  } catch (error) {
    // The program learns of an answer that breaks off by the broken connection.
    if (response.headersSent) return void response.destroy();
    const { status, reason } = failureOf(error, run);
    response.writeHead(status, reason, { connection: 'close' }).end();
  }
}

function targetOf({ url = '' }: IncomingMessage): URL {
  const target = URL.parse(url);
  if (target?.protocol === 'http:') return target;
  throw new ToolError('invalid_input', 'A request to this proxy names a whole http:// address.');
}

async function answerTo(
  connections: DownloadConnections,
  run: DownloadRun,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<IncomingMessage> {
  const { stream, path, headers } = await connections.forRequest(url, run.signal);
  run.hold(stream);
  const outgoing = httpRequest({
    method: request.method,
    path,
    headers: { ...endToEnd(request.headers), host: url.host, ...headers },
    createConnection: () => stream,
  });
  response.once('close', () => outgoing.destroy());
  // Once there is an answer, it is the answer that breaks off.
  outgoing.on('error', () => undefined);
  const answered = once(outgoing, 'response', { signal: run.signal });
  const [[answer]] = await Promise.all([answered, pipeline(request, outgoing)]);
  return answer as IncomingMessage;
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name)),
  );
}
