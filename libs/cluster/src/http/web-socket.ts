import type { Duplex } from 'node:stream';
import { WebSocket, type Dispatcher } from 'undici';
import { ToolError } from '#tools';
import { ChannelStream } from './channel-stream.js';
import type { Deadline } from './deadline.js';
import type { Answer } from './exchange.js';

/** Most that is kept of the answer of an API server that refuses a WebSocket. */
const MAX_SAID_BYTES = 64 * 1024;

/** A WebSocket that is open. */
export interface OpenChannels {
  status: number;
  headers: Answer['headers'];
  channels: ChannelStream;
}

/**
 * Opens a WebSocket (RFC 6455) to the API server. An API server that refuses it answers in HTTP as
 * to any request, and that answer is given whole, since undici's WebSocket tells nothing of it.
 * @param protocols sub-protocols, the best first
 * @throws ToolError of the deadline, `upstream` for a handshake that is wrong, or undici's error
 */
export function openWebSocket(
  dispatcher: Dispatcher,
  { origin, path, headers }: Dispatcher.DispatchOptions,
  protocols: string[],
  deadline: Deadline,
): Promise<Answer | OpenChannels> {
  return new Promise((resolve, reject) => {
    const url = new URL(`${String(origin)}${path}`);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    let controller: Dispatcher.DispatchController | undefined;
    let socket: Duplex | undefined;
    const watching = dispatcher.compose((dispatch) => (options, handler) => {
      const collector = new RefusalCollector(handler, {
        started: (started) => {
          controller = started;
          if (deadline.ended) started.abort(deadline.ended);
        },
        upgraded: (upgraded) => (socket = upgraded),
        refused: resolve,
        failed: reject,
      });
      return dispatch(options, collector);
    });
    const webSocket = new WebSocket(url, {
      protocols,
      dispatcher: watching,
      headers: headerPairs(headers),
    });
    webSocket.binaryType = 'arraybuffer';
    deadline.onEnd((reason) => {
      reject(reason);
      controller?.abort(reason);
      socket?.destroy();
    });
    webSocket.addEventListener('error', () => {
      // What the promise was settled with before, if it was, says more.
      reject(
        new ToolError('upstream', `${url.host} answered with an invalid WebSocket handshake.`),
      );
      socket?.destroy();
    });
    webSocket.addEventListener('open', () => {
      // The upgrade, which gave the socket, comes before.
      const channels = new ChannelStream(webSocket, socket!);
      resolve({ status: 101, headers: {}, channels });
    });
  });
}

interface Outcome {
  started: (controller: Dispatcher.DispatchController) => void;
  upgraded: (socket: Duplex) => void;
  refused: (answer: Answer) => void;
  failed: (error: Error) => void;
}

/** Hands an upgrade on to undici's WebSocket, and keeps any other answer for itself. */
class RefusalCollector implements Dispatcher.DispatchHandler {
  private status = 0;
  private headers: Answer['headers'] = {};
  private size = 0;
  private readonly chunks: Buffer[] = [];

  constructor(
    private readonly handler: Dispatcher.DispatchHandler,
    private readonly outcome: Outcome,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.handler.onRequestStart?.(controller, context);
    this.outcome.started(controller);
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Answer['headers'],
    socket: Duplex,
  ): void {
    this.outcome.upgraded(socket);
    this.handler.onRequestUpgrade?.(controller, status, headers, socket);
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Answer['headers'],
  ): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size <= MAX_SAID_BYTES) this.chunks.push(chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    const { status, headers, chunks } = this;
    const isAnswer = status >= 400;
    const answer = { status, headers, body: Buffer.concat(chunks) };
    if (isAnswer) this.outcome.refused(answer);
    this.handler.onResponseError?.(controller, new Error(`HTTP ${status}`));
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.outcome.failed(error);
    this.handler.onResponseError?.(controller, error);
  }
}

function headerPairs(headers: Dispatcher.DispatchOptions['headers']): [string, string][] {
  return Object.entries((headers ?? {}) as Record<string, string | string[]>).flatMap(
    ([name, values]) => [values].flat().map((value): [string, string] => [name, value]),
  );
}
