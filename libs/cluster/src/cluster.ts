import { parseJson, Turns } from '#base';
import { isRecord, ToolError } from '#tools';
import { apiError, apiStatusOf } from './http/api-error.js';
import { noteWarnings } from './http/api-warnings.js';
import { CHANNEL_PROTOCOLS, type ChannelStream } from './http/channel-stream.js';
import type { Connection } from './http/connection.js';
import { fetchCatalogue } from './discovery/discovery-fetch.js';
import { Discovery } from './discovery/discovery.js';
import type { Answer } from './http/exchange.js';
import { HttpClient } from './http/http.client.js';
import { LineSplitter } from './http/line-splitter.js';
import { ReadBudget } from './http/read-budget.js';
import { isChange, isRead, type RequestOptions } from './http/request-options.js';
import { noteAnswer } from './secrets/read-secrets.js';
import { nameOf, ofUnknownOutcome } from './http/transport-error.js';

/** One event of a Kubernetes watch. */
export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

/** How a watch tells that it cannot go on: a Status. */
interface ErrorEvent {
  type: 'ERROR';
  object: { code: number };
}

/**
 * Seconds after which the API server is asked to end a watch: one that is dead without a sign must
 * not be taken for one that has nothing to tell.
 */
const WATCH_SECONDS = 30;
/** What it has to do so, in milliseconds. */
const WATCH_LIMIT_MS = (WATCH_SECONDS + 5) * 1_000;

/** Characters of a line: more than any object has. */
const MAX_LINE_CHARS = 16 * 1024 * 1024;

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
    /**
     * What stands before the kubeconfig files for programs that reach it too, see
     * `writeQuietPlugins`.
     */
    readonly quietPluginsFile: () => string | undefined = () => undefined,
    private readonly budget = new ReadBudget(),
  ) {
    this.name = connection.name;
    this.server = connection.server.href.replace(/\/$/, '');
    this.http = new HttpClient(connection, userAgent, budget);
    this.discovery = new Discovery(() =>
      fetchCatalogue((path, accept) => this.request(path, { accept })),
    );
  }

  /** The context's own namespace, "default" if it names none. */
  get namespace(): string {
    return this.connection.namespace;
  }

  /** Why the API server cannot be asked anything now; undefined while it can. */
  get refusal(): ToolError | undefined {
    return this.http.refusal;
  }

  /** Milliseconds so far in which requests have waited for a connection to it. */
  get waitedMs(): number {
    return this.http.waitedMs;
  }

  /**
   * Sends a request to the API server and reads its JSON answer. The path is as in the API's
   * documentation, e.g. `/api/v1/namespaces`.
   * @throws ToolError: what the API server refused by its own words (`not_found`, `forbidden`,
   * `conflict`, `invalid_input`, ...), `upstream`, `unavailable`, `timeout` after `timeoutMs` (30 s
   * unless given), `cancelled`
   */
  async request<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const text = await this.text(path, options);
    let document: unknown;
    try {
      document = this.parse(text);
      if (!isAnswerTo(path, document)) throw this.notKubernetes();
    } catch (error) {
      throw isChange(options) ? ofUnknownOutcome(error as ToolError) : error;
    }
    await noteAnswer(path, document, isRead(options));
    return document as T;
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

  /**
   * Passes on what a program asks of the API server, and gives the answer as it is, whatever its
   * HTTP status.
   * @throws ToolError where there is no answer: `unavailable`, `timeout`, `cancelled`
   */
  async forward(path: string, options: RequestOptions): Promise<Answer> {
    const answer = await this.http.exchange(path, { ...options, anyStatus: true });
    noteWarnings(answer.headers);
    return answer;
  }

  /**
   * Reads an answer as it comes, e.g. a followed log. Ends quietly when the signal aborts; there is
   * no time limit unless one is given.
   */
  stream(path: string, options: RequestOptions = {}): AsyncGenerator<Uint8Array, void> {
    return this.http.stream(path, options);
  }

  /**
   * As `stream`, in lines without their ends: each time those that have come together.
   * @param maxChars characters of a line that are kept; of a longer one it is said how many there
   * are more
   */
  async *lines(
    path: string,
    options: RequestOptions = {},
    maxChars = MAX_LINE_CHARS,
  ): AsyncGenerator<string[], void> {
    const { signal } = options;
    const splitter = new LineSplitter(maxChars);
    const held = this.budget.open(this.name);
    const turns = new Turns();
    try {
      for await (const chunk of this.stream(path, options)) {
        const lines = splitter.take(chunk);
        if (signal?.aborted) return;
        if (lines.length > 0) yield lines;
        if (!held.growTo(splitter.kept)) throw this.budget.refusal();
        await turns.pass();
      }
    } finally {
      held.release();
    }
    // After an abort the last line may be half of one.
    const rest = signal?.aborted ? [] : splitter.rest();
    if (rest.length > 0) yield rest;
  }

  /**
   * Watches a list or, with a field selector, one object. Ends when the API server ends it, which
   * it does after half a minute, or the signal aborts.
   * @throws ToolError as `request`, also for an error event; `timeout` where the watch does not end
   */
  async *watch<T>(path: string, options: RequestOptions = {}): AsyncGenerator<WatchEvent<T>, void> {
    const query = { ...options.query, watch: true, timeoutSeconds: WATCH_SECONDS };
    const limited = { timeoutMs: WATCH_LIMIT_MS, ...options, query };
    for await (const lines of this.lines(path, limited)) {
      for (const line of lines) {
        if (options.signal?.aborted) return;
        // The last line may be half of one, where a proxy has ended the watch.
        const event = this.parse(line) as WatchEvent<T> | ErrorEvent;
        if (event.type === 'ERROR') {
          const body = Buffer.from(JSON.stringify(event.object));
          throw apiError({ status: event.object.code, headers: {}, body }, this.connection, true);
        }
        await noteAnswer(path, event.object, true);
        yield event;
      }
    }
  }

  /**
   * Opens a WebSocket that carries several streams, as exec and port-forward do; the path is with
   * its query. The signal ends the opening only: a stream that is open is its caller's to destroy.
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

  private notKubernetes(cause?: unknown): ToolError {
    const message = `${nameOf(this.connection)} sent an answer that is not JSON of Kubernetes.`;
    return new ToolError('upstream', message, { cause });
  }

  private parse(text: string): unknown {
    try {
      return parseJson(text);
    } catch (cause) {
      throw this.notKubernetes(cause);
    }
  }
}

/** Whether it can be what an API server answers: each object and each list says what it is. */
function isAnswerTo(path: string, document: unknown): boolean {
  return isRecord(document) && (!path.startsWith('/api') || typeof document['kind'] === 'string');
}
