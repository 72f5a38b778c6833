import { ToolError } from '#tools';
import { apiError, apiStatusOf } from './api-error.js';
import { noteWarnings } from './api-warnings.js';
import { CHANNEL_PROTOCOLS, type ChannelStream } from './channel-stream.js';
import type { Connection } from './connection.js';
import { fetchCatalogue } from './discovery-fetch.js';
import { Discovery } from './discovery.js';
import { HttpClient } from './http.client.js';
import { isChange, type RequestOptions } from './request-options.js';
import { describe, ofUnknownOutcome } from './transport-error.js';

/** One event of a Kubernetes watch. */
export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

/** One Kubernetes API server, reached as one kubeconfig context says. */
export class Cluster {
  /** The context's name. */
  readonly name: string;
  /** The API server's address. */
  readonly server: string;
  readonly discovery: Discovery;
  private readonly http: HttpClient;

  constructor(
    private readonly connection: Connection,
    userAgent: string,
  ) {
    this.name = connection.name;
    this.server = connection.server.href.replace(/\/$/, '');
    this.http = new HttpClient(connection, userAgent);
    this.discovery = new Discovery(() =>
      fetchCatalogue((path, accept) => this.request(path, { accept })),
    );
  }

  /** The context's own namespace, "default" if it names none. */
  get namespace(): string {
    return this.connection.namespace;
  }

  /**
   * Sends a request to the API server and reads its JSON answer. The path is as in the API's documentation, e.g. `/api/v1/namespaces`.
   * @throws ToolError: what the API server refused by its own words (`not_found`, `forbidden`, `conflict`, `invalid_input`, ...), `upstream`,
   * `unavailable`, `timeout` after `timeoutMs` (30 s unless given), `cancelled`
   */
  async request<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const text = await this.text(path, options);
    try {
      return this.parse(text) as T;
    } catch (error) {
      throw isChange(options) ? ofUnknownOutcome(error as ToolError) : error;
    }
  }

  /** As `request`, for an answer that is text. */
  async text(path: string, options: RequestOptions = {}): Promise<string> {
    try {
      const { body, headers } = await this.http.send(path, options);
      noteWarnings(headers);
      return body.toString('utf8');
    } catch (error) {
      // Not an object but its whole type is gone, e.g. with its custom resource definition.
      const isNotFound = error instanceof ToolError && error.code === 'not_found';
      if (isNotFound && apiStatusOf(error) === undefined) this.discovery.invalidate();
      throw error;
    }
  }

  /** Reads an answer as it comes, e.g. a followed log. Ends quietly when the signal aborts; there is no time limit unless one is given. */
  stream(path: string, options: RequestOptions = {}): AsyncGenerator<Uint8Array, void> {
    return this.http.stream(path, options);
  }

  /** As `stream`, line by line, without the line ends. */
  async *lines(path: string, options: RequestOptions = {}): AsyncGenerator<string, void> {
    const { signal } = options;
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of this.stream(path, options)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (signal?.aborted) return;
        yield line;
      }
    }
    rest += decoder.decode();
    // After an abort the last line may be half of one.
    if (rest !== '' && !signal?.aborted) yield rest;
  }

  /**
   * Watches a list or, with a field selector, one object. Ends when the API server ends it or the signal aborts.
   * @throws ToolError as `request`, also for an error event
   */
  async *watch<T>(path: string, options: RequestOptions = {}): AsyncGenerator<WatchEvent<T>, void> {
    const query = { ...options.query, watch: true };
    for await (const line of this.lines(path, { ...options, query })) {
      // The last line may be half of one, where a proxy has ended the watch.
      const event = this.parse(line) as WatchEvent<T> | { type: 'ERROR'; object: { code: number } };
      if (event.type === 'ERROR') {
        const body = Buffer.from(JSON.stringify(event.object));
        throw apiError({ status: event.object.code, headers: {}, body }, this.connection, true);
      }
      yield event;
    }
  }

  /**
   * Opens a WebSocket that carries several streams, as exec and port-forward do; the path is with its query. The signal ends the opening only:
   * a stream that is open is its caller's to destroy.
   * @param protocols sub-protocols, the best first
   * @throws ToolError as `request`
   */
  channels(
    path: string,
    signal?: AbortSignal,
    protocols: string[] = CHANNEL_PROTOCOLS,
  ): Promise<ChannelStream> {
    return this.http.channels(path, protocols, signal);
  }

  /** Closes the connections. Requests under way fail as `unavailable`. */
  close(): Promise<void> {
    return this.http.close();
  }

  private parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      const message = `${describe(this.connection)} sent an answer that is not JSON.`;
      throw new ToolError('upstream', message, { cause });
    }
  }
}
