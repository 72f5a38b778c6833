import type { Dispatcher } from 'undici';
import { sharedTurns } from '#base';
import { ToolError } from '#tools';
import { AnswerBody } from './answer-body.js';
import { Attempts } from './attempts.js';
import { Breaker } from './breaker.js';
import type { ChannelStream } from './channel-stream.js';
import { CoalescedReads } from './coalesced-reads.js';
import { collect, open, type Answer, type OpenAnswer } from './exchange.js';
import type { Connection } from './connection/connection.js';
import { ConnectionPools } from './connection/connection-pools.js';
import { Deadline } from './deadline.js';
import { ReadBudget } from './read-budget.js';
import { watchContext } from './request-metrics.js';
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

const READ_LIMIT_MS = 30_000;
/**
 * Bytes of an answer. Parsing more would block the event loop for too long. Lists come in pages.
 */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Bytes of the error that answers a request for a stream. */
const MAX_ERROR_BYTES = 256 * 1024;

/**
 * HTTP to one API server over kept-alive connections. It waits when the API server asks for it
 * (`Retry-After`: always for 429, as nothing was executed then, and for 503 of reads). It retries
 * once after a refused connection, and a read once on a dead connection. It renews credentials once
 * when they are refused. Equal reads at the same time are one request. There is no client-side
 * throttle: the API server has API priority and fairness.
 */
export class HttpClient {
  private readonly pools: ConnectionPools;
  private readonly attempts: Attempts;
  private readonly reads = new CoalescedReads<Answer>();
  private readonly breaker: Breaker;
  private readonly waiting = new WaitingTime();
  private readonly unwatch: () => void;

  constructor(
    private readonly connection: Connection,
    userAgent: string,
    private readonly budget = new ReadBudget(),
  ) {
    this.pools = new ConnectionPools(connection, userAgent);
    this.attempts = new Attempts(connection, this.pools);
    this.breaker = new Breaker({
      name: nameOf(connection),
      answers: (limitMs) => this.isThere(limitMs),
      opened: () => this.pools.renew(),
    });
    this.unwatch = watchContext(connection.name, () => this.refusal);
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
  async send(path: string, options: RequestOptions): Promise<Answer> {
    try {
      return await (isRead(options) ? this.read(path, options) : this.exchange(path, options));
    } finally {
      // Many may end at once: those of an API server that was slow, or that share an answer.
      await sharedTurns.pass();
    }
  }

  private read(path: string, options: RequestOptions): Promise<Answer> {
    const { accept, query, signal, timeoutMs, maxBytes, isUrgent, identity, verb, span } = options;
    const what = `${path}${queryText(query)} ${accept} ${timeoutMs} ${maxBytes} ${isUrgent}`;
    const key = identity ? `${what} ${identity.key}` : what;
    const asked = { accept, query, timeoutMs, maxBytes, isUrgent, identity, verb, span };
    const perform = (own: AbortSignal | undefined) =>
      this.exchange(path, { ...asked, signal: own });
    return this.reads.read(key, signal, perform, span && (() => span.share()));
  }

  /** As `send`, without sharing equal reads. */
  async exchange(path: string, options: RequestOptions): Promise<Answer> {
    const deadline = this.deadline(options, options.timeoutMs ?? READ_LIMIT_MS);
    const { maxBytes = MAX_ANSWER_BYTES, isUrgent } = options;
    let isUnanswered = false;
    deadline.start();
    try {
      return await this.attempts.make(path, options, deadline, async (dispatch) => {
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
          const pool = isUrgent ? this.pools.streams : this.pools.calls;
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
      const { body } = await this.attempts.make(path, options, deadline, (dispatch) => {
        deadline.onEnd((reason) => abort.abort(reason));
        const errorBody = this.body(MAX_ERROR_BYTES);
        return open(this.pools.streams, { ...dispatch, signal: abort.signal }, errorBody);
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
      const answer = await this.attempts.make(path, asked, deadline, (dispatch) => {
        deadline.onEnd((reason) => abort.abort(reason));
        const errorBody = this.body(MAX_ERROR_BYTES);
        return open(this.pools.streams, { ...dispatch, signal: abort.signal }, errorBody);
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
    options: Pick<RequestOptions, 'signal' | 'identity' | 'verb' | 'span'>,
  ): Promise<ChannelStream> {
    const deadline = this.deadline(options, READ_LIMIT_MS);
    deadline.start();
    try {
      const handshake = (dispatch: Dispatcher.DispatchOptions) =>
        openWebSocket(this.pools.streams, dispatch, protocols, deadline);
      // The handshake is a GET, but what it starts must not start twice.
      const asked = { ...options, accept: '*/*' };
      const { channels } = await this.attempts.make(path, asked, deadline, handshake, false);
      return channels;
    } catch (error) {
      const failure = this.failure(error, deadline);
      throw isDeadSocket(error) ? ofUnknownOutcome(failure) : failure;
    } finally {
      deadline.dispose();
    }
  }

  /** What is wrong with the credentials, where those before stay in use. */
  get problems(): string[] {
    return [...this.connection.problems, ...[this.pools.problem ?? []].flat()];
  }

  /** Keeps no connection for later. Requests under way go on, and more may follow. */
  retire(): void {
    this.breaker.close();
    this.pools.retire();
  }

  /** Closes all connections; requests under way fail. */
  async close(): Promise<void> {
    this.unwatch();
    this.breaker.close();
    await this.pools.destroy();
  }

  /**
   * Whether the API server answers at all within `limitMs` milliseconds. It uses its own
   * connection, because those of the calls may all be waiting.
   */
  private async isThere(limitMs: number): Promise<boolean> {
    const deadline = this.deadline({}, limitMs);
    deadline.start();
    try {
      const connected = this.pools.connect();
      if (connected) await deadline.race(connected);
      const dispatch = await deadline.race(Promise.resolve(this.pools.request('/version', {})));
      await collect(this.pools.streams, dispatch, deadline, this.body(MAX_ERROR_BYTES), () => {});
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
}
