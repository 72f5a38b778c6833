import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ToolError } from '#tools';
import { countStream } from '../metrics/connections.js';
import type { Outlet } from './outlet.js';

/** The media type of server-sent events. */
export const EVENT_STREAM = 'text/event-stream';

/** The last one keeps nginx from collecting events before it passes them on. */
const EVENT_STREAM_HEADERS = {
  'content-type': EVENT_STREAM,
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** A comment, which clients ignore. */
const SIGN_OF_LIFE = ': keepalive\n\n';

/** An event as it is sent: its data become one line of JSON. */
export interface ServerSentEvent {
  /** What a client that comes back sends as `Last-Event-ID`. */
  id?: number;
  event: string;
  data: object;
}

interface EventStreamOptions {
  /** Milliseconds between signs of life. Clients and proxies drop a stream that is silent. */
  keepAliveMs: number;
  /** Headers beside those of every event stream. */
  headers?: OutgoingHttpHeaders;
  /** Tells when the credential of the request ends. @returns a function that stops it */
  watch: (onEnd: () => void) => () => void;
}

/**
 * An answer as server-sent events (WHATWG HTML, 9.2). The head goes out with the first event or
 * sign of life, unless `open` sends it before.
 */
export class EventStream {
  /** Is called when the credential of the request has ended. It has to end the stream. */
  onExpired: () => void = () => this.end();
  private readonly headers: OutgoingHttpHeaders;
  private readonly timer: NodeJS.Timeout;
  private readonly watch: EventStreamOptions['watch'];
  private unwatch: (() => void) | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly outlet: Outlet,
    { keepAliveMs, headers, watch }: EventStreamOptions,
  ) {
    this.watch = watch;
    this.headers = { ...headers, ...EVENT_STREAM_HEADERS };
    this.timer = setInterval(() => this.keepAlive(), keepAliveMs);
  }

  /** Sends the head, so that the client knows at once that the stream is open. */
  open(): void {
    this.writeHead();
    this.response.flushHeaders();
  }

  /** Sets the headers for a transport that writes the head itself. */
  setHeaders(): void {
    for (const [name, value] of Object.entries(EVENT_STREAM_HEADERS)) {
      this.response.setHeader(name, value);
    }
    this.begin();
  }

  /**
   * Sends an event.
   * @returns the reason when there is no room for it
   */
  send(event: ServerSentEvent): ToolError | undefined {
    return this.write(textOf(event));
  }

  /** Sends a short event that must not get lost, whether or not there is room for it. */
  sendAnyway(event: ServerSentEvent): void {
    this.writeHead();
    this.outlet.writeAnyway(textOf(event));
  }

  /**
   * Writes a piece that is text of events already.
   * @returns the reason when there is no room for it
   */
  write(piece: string | Uint8Array): ToolError | undefined {
    this.writeHead();
    return this.outlet.write(piece);
  }

  /** Resolves once all events are on their way, or the client is gone. */
  flushed(): Promise<void> {
    return this.outlet.flushed();
  }

  /** Ends the stream after the events that wait. */
  end(): void {
    this.writeHead();
    this.stop();
    this.outlet.end();
  }

  /** Stops the signs of life, and the watch over the credential. */
  stop(): void {
    clearInterval(this.timer);
    this.unwatch?.();
  }

  private keepAlive(): void {
    if (this.response.destroyed) this.stop();
    else if (this.outlet.isIdle) this.write(SIGN_OF_LIFE);
  }

  private writeHead(): void {
    if (this.response.headersSent) return;
    this.response.writeHead(200, this.headers);
    this.begin();
  }

  /** Only a stream can outlive its credential. An answer that never becomes one is not watched. */
  private begin(): void {
    if (!this.unwatch) countStream(this.response);
    this.unwatch ??= this.watch(() => this.onExpired());
  }
}

function textOf({ id, event, data }: ServerSentEvent): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
