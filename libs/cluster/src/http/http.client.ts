import type { Dispatcher } from 'undici';
import { ToolError } from '#tools';
import { AnswerBody } from './answer-body.js';
import { apiError, apiStatusOf, retryAfter } from './api-error.js';
import { Breaker } from './breaker.js';
import type { ChannelStream } from './channel-stream.js';
import { CoalescedReads } from './coalesced-reads.js';
import { collect, open, type Answer, type OpenAnswer } from './exchange.js';
import type { Connection, TlsOptions } from './connection.js';
import { Deadline } from './deadline.js';
import { createDispatcher } from './dispatcher.js';
import { ReadBudget } from './read-budget.js';
import { isChange, isRead, queryText, type RequestOptions } from './request-options.js';
import {
  isDeadSocket,
  isRefused,
  nameOf,
  ofUnknownOutcome,
  transportError,
} from './transport-error.js';
import { WaitingTime } from './waiting-time.js';
import { openWebSocket } from './web-socket.js';

const MAX_CONNECTIONS = 64;
const READ_LIMIT_MS = 30_000;
/**
 * Bytes of an answer. Parsing more would block the event loop for too long. Lists come in pages.
 */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Bytes of the error that answers a request for a stream. */
const MAX_ERROR_BYTES = 256 * 1024;
const REFUSED_PAUSE_MS = 50;
/** Keeps `Retry-After: 0` from becoming a busy loop. */
const LEAST_PAUSE_MS = 100;

/**
 * HTTP to one API server over kept-alive connections. It waits when the API server asks for it
 * (`Retry-After`: always for 429, as nothing was executed then, and for 503 of reads). It retries
 * once after a refused connection, and a read once on a dead connection. It renews credentials once
 * when they are refused. Equal reads at the same time are one request. There is no client-side
 * throttle: the API server has API priority and fairness.
 */
export class HttpClient {
  private readonly basePath: string;
  private calls: Dispatcher | undefined;
  // Streams last long. With their own connections they do not hold up calls.
  private streams: Dispatcher | undefined;
  private readonly outdated = new Set<Dispatcher>();
  private readonly reads = new CoalescedReads<Answer>();
  private tls: TlsOptions | undefined;
  private readonly breaker: Breaker;
  private readonly waiting = new WaitingTime();

  constructor(
    private readonly connection: Connection,
    private readonly userAgent: string,
    private readonly budget = new ReadBudget(),
  ) {
    this.basePath = connection.server.pathname.replace(/\/$/, '');
    this.breaker = new Breaker({
      name: nameOf(connection),
      answers: (limitMs) => this.isThere(limitMs),
      // New connections for what follows.
      opened: () => (this.tls = undefined),
    });
  }

  /** Why no request can be sent now; undefined while they can. */
  get refusal(): ToolError | undefined {
    return this.breaker.refusal;
  }

  /** Milliseconds in all that requests have waited for a connection. */
  get waitedMs(): number {
    return this.waiting.ms;
  }

  /**
   * Sends a request and collects the answer, whatever its HTTP status below 400.
   * @throws ToolError as `apiError` and `transportError` say; `timeout` (retryable for reads),
   * `cancelled`; a change that was sent and not answered says that it may have been made
   */
  send(path: string, options: RequestOptions): Promise<Answer> {
    if (!isRead(options)) return this.exchange(path, options);
    const { accept, query, signal, timeoutMs, maxBytes, isUrgent, identity } = options;
    const what = `${path}${queryText(query)} ${accept} ${timeoutMs} ${maxBytes} ${isUrgent}`;
    const key = identity ? `${what} ${identity.key}` : what;
    return this.reads.read(key, signal, (shared) =>
      this.exchange(path, {
        accept,
        query,
        timeoutMs,
        maxBytes,
        isUrgent,
        identity,
        signal: shared,
      }),
    );
  }

  /** As `send`, without sharing equal reads. */
  async exchange(path: string, options: RequestOptions): Promise<Answer> {
    const deadline = this.deadline(options, options.timeoutMs ?? READ_LIMIT_MS);
    const { maxBytes = MAX_ANSWER_BYTES, isUrgent } = options;
    let isUnanswered = false;
    deadline.start();
    try {
      return await this.attempts(path, options, deadline, async (dispatch) => {
        const request = this.breaker.enter((reason) => deadline.end(reason));
        let isWaiting = false;
        // Time spent waiting for a connection does not count against the API server.
        deadline.pause();
        const sent = () => {
          request.isSent = true;
          isUnanswered = true;
          deadline.start();
          if (isWaiting) this.waiting.end();
          isWaiting = false;
        };
        let isAnswered = false;
        try {
          const pool = isUrgent ? this.streams! : this.calls!;
          const answer = collect(pool, dispatch, deadline, this.body(maxBytes), sent);
          if (!request.isSent) {
            isWaiting = true;
            this.waiting.begin();
          }
          await answer;
          isAnswered = true;
          isUnanswered = false;
          return answer;
        } finally {
          if (isWaiting) this.waiting.end();
          this.breaker.leave(request, isAnswered);
        }
      });
    } catch (error) {
      const failure = this.failure(error, deadline);
      throw isUnanswered && isChange(options) ? ofUnknownOutcome(failure) : failure;
    } finally {
      deadline.dispose();
    }
  }

  /**
   * Opens an answer that is read as it comes. Ends without an error when the signal aborts. There
   * is no time limit unless one is given.
   */
  async *stream(path: string, options: RequestOptions): AsyncGenerator<Uint8Array, void> {
    const abort = new AbortController();
    const deadline = this.deadline(options, options.timeoutMs);
    deadline.start();
    try {
      const { body } = await this.attempts(path, options, deadline, (dispatch) => {
        deadline.onEnd((reason) => abort.abort(reason));
        const errorBody = this.body(MAX_ERROR_BYTES);
        return open(this.streams!, { ...dispatch, signal: abort.signal }, errorBody);
      });
      options.opened?.();
      yield* body;
    } catch (error) {
      if (options.signal?.aborted) return;
      throw this.failure(error, deadline);
    } finally {
      deadline.dispose();
    }
  }

  /**
   * Opens the answer to a request of a program, whatever its HTTP status. There is no time limit:
   * the program has its own.
   * @throws ToolError where there is no answer; a change that was sent and not answered says that
   * it may have been made
   */
  async forward(path: string, options: RequestOptions): Promise<Answer | OpenAnswer> {
    const { refusal } = this.breaker;
    if (refusal) throw refusal;
    const abort = new AbortController();
    const deadline = this.deadline(options, undefined);
    // A program waits by itself where the API server asks for it.
    const asked = { ...options, anyStatus: true, waits: false };
    try {
      const answer = await this.attempts(path, asked, deadline, (dispatch) => {
        deadline.onEnd((reason) => abort.abort(reason));
        const errorBody = this.body(MAX_ERROR_BYTES);
        return open(this.streams!, { ...dispatch, signal: abort.signal }, errorBody);
      });
      if (answer.body instanceof Uint8Array) deadline.dispose();
      else answer.body.once('close', () => deadline.dispose());
      return answer;
    } catch (error) {
      deadline.dispose();
      const failure = this.failure(error, deadline);
      throw isChange(options) && !isRefused(error) ? ofUnknownOutcome(failure) : failure;
    }
  }

  /**
   * Opens a WebSocket for several streams. The signal ends the opening only. The caller must
   * destroy an open stream.
   * @param protocols sub-protocols, the best first
   * @throws ToolError as `send`
   */
  async channels(
    path: string,
    protocols: string[],
    options: Pick<RequestOptions, 'signal' | 'identity'>,
  ): Promise<ChannelStream> {
    const deadline = this.deadline(options, READ_LIMIT_MS);
    deadline.start();
    try {
      const handshake = (dispatch: Dispatcher.DispatchOptions) =>
        openWebSocket(this.streams!, dispatch, protocols, deadline);
      // The handshake is a GET, but what it starts must not start twice.
      const asked = { ...options, accept: '*/*' };
      const { channels } = await this.attempts(path, asked, deadline, handshake, false);
      return channels;
    } catch (error) {
      const failure = this.failure(error, deadline);
      throw isDeadSocket(error) ? ofUnknownOutcome(failure) : failure;
    } finally {
      deadline.dispose();
    }
  }

  /** Closes all connections; requests under way fail. */
  async close(): Promise<void> {
    this.breaker.close();
    const all = [this.calls, this.streams, ...this.outdated];
    await Promise.all(all.flatMap((dispatcher) => dispatcher?.destroy() ?? []));
  }

  /**
   * Whether the API server answers at all within `limitMs` milliseconds. It uses its own
   * connection, because those of the calls may all be waiting.
   */
  private async isThere(limitMs: number): Promise<boolean> {
    const deadline = this.deadline({}, limitMs);
    deadline.start();
    try {
      const connected = this.connect();
      if (connected) await deadline.race(connected);
      const dispatch = await deadline.race(Promise.resolve(this.dispatchOptions('/version', {})));
      await collect(this.streams!, dispatch, deadline, this.body(MAX_ERROR_BYTES), () => {});
      return true;
    } catch {
      return false;
    } finally {
      deadline.dispose();
    }
  }

  private body(maxBytes: number): AnswerBody {
    return new AnswerBody(this.budget, this.connection.name, maxBytes);
  }

  private async attempts<T extends { status: number; headers: Answer['headers'] }>(
    path: string,
    options: RequestOptions,
    deadline: Deadline,
    perform: (dispatch: Dispatcher.DispatchOptions) => Promise<Answer | T>,
    read = isRead(options),
  ): Promise<T> {
    let reconnected = false;
    let renewed = false;
    for (;;) {
      if (deadline.ended) throw deadline.ended;
      const connected = this.connect();
      if (connected) await deadline.race(connected);
      const dispatch = this.dispatchOptions(path, options);
      let answer: Answer | T;
      try {
        answer = await perform(
          dispatch instanceof Promise ? await deadline.race(dispatch) : dispatch,
        );
      } catch (error) {
        const again = isRefused(error) || (isDeadSocket(error) && read);
        if (reconnected || !again) throw error;
        reconnected = true;
        if (isRefused(error)) await deadline.sleep(REFUSED_PAUSE_MS);
        continue;
      }
      if (answer.status < 400) return answer as T;
      const pauseMs = options.waits === false ? Infinity : pauseMsOf(answer, read);
      if (pauseMs < deadline.remainingMs) {
        await deadline.sleep(pauseMs);
      } else if (answer.status === 401 && !renewed && this.connection.renew()) {
        renewed = true;
      } else if (options.anyStatus) {
        return answer as T;
      } else {
        const failure = apiError(answer as Answer, this.connection, read);
        throw isChange(options) && isNotOfServer(failure, answer as Answer)
          ? ofUnknownOutcome(failure)
          : failure;
      }
    }
  }

  private deadline(options: RequestOptions, timeoutMs: number | undefined): Deadline {
    return new Deadline(options.signal, timeoutMs, () => {
      const seconds = (timeoutMs ?? 0) / 1000;
      const message = `${nameOf(this.connection)} did not answer within ${seconds} s.`;
      return new ToolError('timeout', message, { retryable: isRead(options) });
    });
  }

  private failure(error: unknown, deadline: Deadline): ToolError {
    return deadline.ended ?? transportError(error, this.connection);
  }

  /**
   * Makes sure that the pools exist and use the current certificates. Asynchronous only if a plugin
   * provides them.
   */
  private connect(): Promise<void> | undefined {
    const tls = this.connection.tls();
    if (tls instanceof Promise) return tls.then((options) => this.use(options));
    this.use(tls);
    return undefined;
  }

  private use(tls: TlsOptions): void {
    if (this.tls === tls) return;
    for (const dispatcher of [this.calls, this.streams]) if (dispatcher) this.retire(dispatcher);
    this.calls = createDispatcher(this.connection, tls, MAX_CONNECTIONS);
    this.streams = createDispatcher(this.connection, tls, undefined);
    this.tls = tls;
  }

  /** Closes a pool as soon as its requests under way have ended. */
  private retire(dispatcher: Dispatcher): void {
    this.outdated.add(dispatcher);
    const forget = () => this.outdated.delete(dispatcher);
    dispatcher.close().then(forget, forget);
  }

  /** The API server takes a certificate before it looks at a token, and both go out together. */
  private certified(): ToolError {
    const { name } = this.connection;
    const message = `The context "${name}" has a client certificate, by which the API server would take the caller for the user of the kubeconfig. CLUSTER_IDENTITY=${name}=passthrough needs a user without one.`;
    return new ToolError('forbidden', message);
  }

  private dispatchOptions(
    path: string,
    options: RequestOptions,
  ): Dispatcher.DispatchOptions | Promise<Dispatcher.DispatchOptions> {
    const authorization = this.connection.authorization();
    return authorization instanceof Promise
      ? authorization.then((value) => this.withAuthorization(path, options, value))
      : this.withAuthorization(path, options, authorization);
  }

  private withAuthorization(
    path: string,
    { method = 'GET', query, body, contentType, accept, identity, headers: more }: RequestOptions,
    authorization: string | undefined,
  ): Dispatcher.DispatchOptions {
    const headers: Record<string, string | string[]> = {
      'user-agent': this.userAgent,
      accept: accept ?? 'application/json',
      ...more,
      ...(identity?.headers ?? this.connection.headers),
    };
    if (headers.authorization !== undefined && this.tls?.cert !== undefined) throw this.certified();
    if (authorization !== undefined) headers.authorization ??= authorization;
    if (body !== undefined) headers['content-type'] = contentType ?? 'application/json';
    return {
      origin: this.connection.server.origin,
      path: `${this.basePath}${path}${queryText(query)}`,
      method,
      headers,
      body:
        body === undefined || typeof body === 'string' || body instanceof Uint8Array
          ? body
          : JSON.stringify(body),
    };
  }
}

/** The API server's plain-text answers to requests that it refuses without processing. */
const PLAIN_REFUSAL = /^(?:404 page not found|4\d\d [A-Z])/;

/**
 * Whether a failure comes from something between us and the API server, which may have lost the
 * answer to a change that was made. The API server itself gives the reason in a Status, except when
 * it is overloaded (429).
 */
function isNotOfServer(failure: ToolError, { status, body }: Answer): boolean {
  if (status === 429 || apiStatusOf(failure) !== undefined) return false;
  return status === 408 || !PLAIN_REFUSAL.test(body.toString('latin1', 0, 100));
}

/** How long the API server asks to wait before a retry. Infinity if it does not ask. */
function pauseMsOf({ status, headers }: Pick<Answer, 'status' | 'headers'>, read: boolean): number {
  const seconds = status === 429 || (status === 503 && read) ? retryAfter(headers) : undefined;
  return seconds === undefined ? Infinity : Math.max(seconds * 1000, LEAST_PAUSE_MS);
}
