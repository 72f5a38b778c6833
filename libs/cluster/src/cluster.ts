import { isRecord, parseJson, Turns } from '#base';
import { ToolError } from '#tools';
import { outsideOfCalls } from './gate/gate-call.js';
import { Gate } from './gate/gate.js';
import type { ProgramAnswer, ProgramRequest } from './gate/upstream.js';
import { apiError, apiStatusOf } from './http/api-error.js';
import { noteWarnings } from './http/api-warnings.js';
import { CHANNEL_PROTOCOLS, type ChannelStream } from './http/channel-stream.js';
import type { Connection } from './http/connection/connection.js';
import { fetchCatalogue } from './discovery/discovery-fetch.js';
import { Discovery } from './discovery/discovery.js';
import type { Answer } from './http/exchange.js';
import { GatedClient } from './http/gated.client.js';
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

/** The event by which a watch says that it cannot go on: a Status. */
interface ErrorEvent {
  type: 'ERROR';
  object: { code: number };
}

/**
 * Seconds after which the API server is asked to end a watch. Otherwise a dead connection would
 * look like a watch without events.
 */
const WATCH_SECONDS = 30;
/** Milliseconds that it has to do so. */
const WATCH_LIMIT_MS = (WATCH_SECONDS + 5) * 1_000;

/** Characters of a line. No object has more. */
const MAX_LINE_CHARS = 16 * 1024 * 1024;

/** One Kubernetes API server, reached by one kubeconfig context. */
export class Cluster {
  /** The context's name. */
  readonly name: string;
  /** The API server's address. */
  readonly server: string;
  readonly discovery: Discovery;
  private readonly http: HttpClient;
  private readonly gated: GatedClient;

  constructor(
    private readonly connection: Connection,
    userAgent: string,
    private readonly budget = new ReadBudget(),
    /** What every request passes. */
    gate = new Gate(),
  ) {
    this.name = connection.name;
    this.server = connection.server.href.replace(/\/$/, '');
    this.http = new HttpClient(connection, userAgent, budget);
    this.gated = new GatedClient(this.http, gate, {
      context: this.name,
      server: connection.server,
    });
    // All callers share what it finds.
    this.discovery = new Discovery(() =>
      outsideOfCalls(() => fetchCatalogue((path, accept) => this.request(path, { accept }))),
    );
  }

  /** The context's own namespace, "default" if it names none. */
  get namespace(): string {
    return this.connection.namespace;
  }

  /** Whether a request can be sent without starting a program that gives credentials. */
  get isAtHand(): boolean {
    return this.connection.isAtHand;
  }

  /** What is wrong with its credentials, where those before stay in use. */
  get problems(): string[] {
    return this.http.problems;
  }

  /** Why no request can be sent to the API server now. Undefined while requests can be sent. */
  get refusal(): ToolError | undefined {
    return this.http.refusal;
  }

  /** Milliseconds in all that requests have waited for a connection to it. */
  get waitedMs(): number {
    return this.http.waitedMs;
  }

  /**
   * Sends a request to the API server and reads its JSON answer. The path is as in the API's
   * documentation, e.g. `/api/v1/namespaces`.
   * @throws ToolError: the refusal of the API server in its own words (`not_found`, `forbidden`,
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
      const { body, headers } = await this.gated.send(path, options);
      noteWarnings(headers);
      return body.toString('utf8');
    } catch (error) {
      // Not only the object but its whole type is gone, e.g. with its custom resource definition.
      const isNotFound = error instanceof ToolError && error.code === 'not_found';
      if (isNotFound && apiStatusOf(error) === undefined) this.discovery.invalidate();
      throw error;
    }
  }

  /**
   * Passes on a request of a program unchanged. Its answer is open, and comes unchanged too,
   * whatever its HTTP status.
   * @throws ToolError what the gate refuses with, and where there is no answer
   */
  relay(request: ProgramRequest): Promise<ProgramAnswer> {
    return this.gated.forward(request);
  }

  /**
   * Sends a request for a program, and returns the whole answer unchanged, whatever its HTTP
   * status.
   * @throws ToolError where there is no answer: `unavailable`, `timeout`, `cancelled`
   */
  async forward(path: string, options: RequestOptions): Promise<Answer> {
    const answer = await this.gated.exchange(path, { ...options, anyStatus: true });
    noteWarnings(answer.headers);
    return answer;
  }

  /**
   * Reads an answer as it comes, e.g. a followed log. Ends quietly when the signal aborts; there is
   * no time limit unless one is given.
   */
  stream(path: string, options: RequestOptions = {}): AsyncGenerator<Uint8Array, void> {
    return this.gated.stream(path, options);
  }

  /**
   * As `stream`, in lines without their line ends. Each item has the lines that arrived together.
   * @param maxChars characters of a line that are kept. A longer line ends with the number of
   * characters that are left out.
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
    // After an abort the last line may be incomplete.
    const rest = signal?.aborted ? [] : splitter.rest();
    if (rest.length > 0) yield rest;
  }

  /**
   * Watches a list or, with a field selector, one object. Ends when the API server ends it (after
   * half a minute) or the signal aborts.
   * @throws ToolError as `request`, also for an error event; `timeout` where the watch does not end
   */
  async *watch<T>(path: string, options: RequestOptions = {}): AsyncGenerator<WatchEvent<T>, void> {
    const query = { ...options.query, watch: true, timeoutSeconds: WATCH_SECONDS };
    const limited = { timeoutMs: WATCH_LIMIT_MS, ...options, query };
    for await (const lines of this.lines(path, limited)) {
      for (const line of lines) {
        if (options.signal?.aborted) return;
        // The last line may be incomplete if a proxy has ended the watch.
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
   * Opens a WebSocket that carries several streams, as for exec and port-forward. The path includes
   * the query. The signal ends the opening only. The caller must destroy an open stream.
   * @param protocols sub-protocols, the best first
   * @throws ToolError as `request`
   */
  channels(
    path: string,
    signal?: AbortSignal,
    protocols: string[] = CHANNEL_PROTOCOLS,
  ): Promise<ChannelStream> {
    return this.gated.channels(path, protocols, signal);
  }

  /**
   * Keeps no connection for later, as no more calls begin with it. Those that have begun with it
   * end with it.
   */
  retire(): void {
    this.http.retire();
  }

  /** Closes the connections. Requests under way fail as `unavailable`. */
  close(): Promise<void> {
    return this.http.close();
  }

  private notKubernetes(cause?: unknown): ToolError {
    const message = `${nameOf(this.connection)} sent an answer that is not Kubernetes JSON.`;
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

/** Whether a document can come from an API server: each object and each list has a kind. */
function isAnswerTo(path: string, document: unknown): boolean {
  return isRecord(document) && (!path.startsWith('/api') || typeof document['kind'] === 'string');
}
