import { Connection, type Request } from './http/connection.js';
import { until } from './http/pauses.js';
import { retried } from './http/retried.js';
import type { CallOptions, ClientOptions, RequestOptions, StartOptions } from './options.js';
import { begin, execute, isRead } from './runs/begin.js';
import { Run } from './runs/run.js';
import type {
  Execution,
  ExecutionFilter,
  RunEvent,
  Tool,
  ToolAnswer,
  ToolFilter,
  ToolMap,
  ToolName,
  ToolParameters,
  Tools,
} from './types.js';

const RETRIES = 3;
const RECONNECT_SECONDS = 60;
/** Seconds after which a write that still runs is followed. */
const FIRST_WAIT_SECONDS = 2;
/** Executions that one request lists. */
const PAGE = 200;
/** Milliseconds for a cancel that nobody waits for. */
const CANCEL_MS = 10_000;

/**
 * Makes a client of a server.
 *
 *     const client = createClient({ baseUrl: 'http://localhost:8081', token });
 *     const { result } = await client.call('k8s_get', { resource_type: 'pods' });
 */
export function createClient<M extends ToolMap = Tools>(options: ClientOptions): SkyfloClient<M> {
  return new SkyfloClient<M>(options);
}

/** Calls the tools of one server. `M` says which there are, and what they take. */
export class SkyfloClient<M extends ToolMap = Tools> {
  private readonly connection: Connection;
  private readonly retries: number;
  private readonly reconnectSeconds: number;

  constructor(options: ClientOptions) {
    this.connection = new Connection(options);
    this.retries = options.retries ?? RETRIES;
    this.reconnectSeconds = options.reconnectSeconds ?? RECONNECT_SECONDS;
  }

  /**
   * Calls a tool and waits for its answer. To abort ends the run.
   * @throws SkyfloError
   */
  async call<T extends ToolName<M>>(
    tool: T,
    params: ToolParameters<T, M>,
    options: CallOptions = {},
  ): Promise<ToolAnswer> {
    const { connection, retries } = this;
    const call = { tool, params, options, retries };
    const isKeyed = options.idempotencyKey !== undefined || (retries > 0 && !isRead(tool));
    if (!isKeyed) return execute(connection, call);
    options.signal?.throwIfAborted();
    const begun = begin(connection, call, FIRST_WAIT_SECONDS);
    try {
      const first = await until(begun, options.signal);
      if (typeof first !== 'string') return first;
      const { data, ...answer } = await this.run(first).wait(options);
      return { ...answer, ...(options.data && data !== undefined && { data }) };
    } catch (error) {
      // To hang up does not end a call with a key.
      if (options.signal?.aborted) void begun.then((first) => this.cancelled(first), ignored);
      throw error;
    }
  }

  /**
   * Calls a tool and gives its events as they come. The last one is `result`, also if the tool
   * fails. A stream that breaks goes on where it was. To leave the loop, or to abort, ends the run.
   * @throws SkyfloError
   */
  async *stream<T extends ToolName<M>>(
    tool: T,
    params: ToolParameters<T, M>,
    options: StartOptions = {},
  ): AsyncGenerator<RunEvent, void> {
    const run = await this.start(tool, params, options);
    let hasEnded = false;
    try {
      for await (const event of run.follow(options)) {
        hasEnded = event.type === 'result';
        yield event;
      }
    } finally {
      if (!hasEnded) await this.cancelled(run.id);
    }
  }

  /**
   * Starts a tool, which goes on without its client.
   * @throws SkyfloError
   */
  async start<T extends ToolName<M>>(
    tool: T,
    params: ToolParameters<T, M>,
    options: StartOptions = {},
  ): Promise<Run> {
    options.signal?.throwIfAborted();
    const { connection, retries } = this;
    const begun = begin(connection, { tool, params, options, retries }, 0);
    try {
      const first = await until(begun, options.signal);
      return this.run(typeof first === 'string' ? first : first.executionId);
    } catch (error) {
      if (options.signal?.aborted) void begun.then((first) => this.cancelled(first), ignored);
      throw error;
    }
  }

  /** A run that was started before, by its id. */
  run(id: string): Run {
    const { connection, retries, reconnectSeconds } = this;
    return new Run({ connection, retries, reconnectSeconds }, id);
  }

  /**
   * The tools that the caller may use.
   * @throws SkyfloError
   */
  async tools(
    { readOnly, ...filter }: ToolFilter = {},
    { signal }: RequestOptions = {},
  ): Promise<Tool[]> {
    const query = { ...filter, read_only: readOnly };
    return (await this.read<{ tools: Tool[] }>({ path: '/tools', query, signal })).tools;
  }

  /**
   * The runs of the caller, newest first.
   * @throws SkyfloError
   */
  async *executions(
    filter: ExecutionFilter = {},
    { signal }: RequestOptions = {},
  ): AsyncGenerator<Execution, void> {
    let after: string | undefined;
    do {
      const query = { ...filter, limit: PAGE, after };
      const request = { path: '/executions', query, signal };
      const page = await this.read<{ executions: Execution[]; next?: string }>(request);
      yield* page.executions;
      after = page.next;
    } while (after !== undefined);
  }

  private async read<T>(request: Request): Promise<T> {
    const { retries } = this;
    const send = () => this.connection.send<T>(request);
    return (await retried(send, { retries, signal: request.signal })).body;
  }

  /** Cancels a run that nobody waits for any more. One that cannot be reached is left alone. */
  private async cancelled(first: ToolAnswer | string): Promise<void> {
    if (typeof first !== 'string') return;
    await this.run(first)
      .cancel({ signal: AbortSignal.timeout(CANCEL_MS) })
      .catch(ignored);
  }
}

function ignored(): void {
  // Its caller was told of the abort already.
}
