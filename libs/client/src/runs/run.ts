import { follow } from '../events/follow.js';
import type { Answer, Connection, Request } from '../http/connection.js';
import { errorOfExecution, type SkyfloError } from '../http/skyflo-error.js';
import { retried } from '../http/retried.js';
import type { FollowOptions, RequestOptions } from '../options.js';
import type { Execution, RunEvent, ToolAnswer } from '../types.js';

/** What a run needs of its client. */
export interface RunSettings {
  connection: Connection;
  retries: number;
  reconnectSeconds: number;
}

/** A run of a tool that goes on without its client. */
export class Run {
  constructor(
    private readonly settings: RunSettings,
    /** The id of the execution. */
    readonly id: string,
  ) {}

  /**
   * How the run stands now.
   * @throws SkyfloError
   */
  async status({ signal }: RequestOptions = {}): Promise<Execution> {
    const { connection, retries } = this.settings;
    const send = () => connection.send<Execution>({ path: this.path, signal });
    return (await retried(send, { retries, signal })).body;
  }

  /**
   * Waits for the end. To stop waiting does not end the run.
   * @throws SkyfloError if the run fails, is cancelled or is interrupted
   */
  async wait(options: FollowOptions = {}): Promise<ToolAnswer> {
    for await (const event of this.follow(options)) {
      if (event.type === 'result') return answerOf(event.data);
    }
    throw new Error(`The events of ${this.id} have no result.`);
  }

  /**
   * The events of the run, live or afterwards. The last one is its result. Leaving the loop does
   * not end the run.
   * @throws SkyfloError if the server stays away, or does not know the run
   */
  follow(options: FollowOptions = {}): AsyncGenerator<RunEvent, void> {
    const { connection, reconnectSeconds } = this.settings;
    return follow(connection, this.id, { ...options, reconnectSeconds });
  }

  /**
   * The whole output, piece by piece, where the answer was cut.
   * @throws SkyfloError `not_found` if there is none yet
   */
  async *output({ signal }: RequestOptions = {}): AsyncGenerator<string, void> {
    const { connection, retries } = this.settings;
    let offset: string | undefined = '0';
    while (offset !== undefined) {
      const request: Request = { path: `${this.path}/output`, query: { offset }, signal };
      const send = (): Promise<Answer<string>> => connection.send(request);
      const { headers, body }: Answer<string> = await retried(send, { retries, signal });
      yield body;
      offset = headers.get('x-next-offset') ?? undefined;
    }
  }

  /**
   * Cancels the run, and waits a moment for its end. What it has changed stays.
   * @throws SkyfloError `conflict` if it has ended already
   */
  async cancel({ signal }: RequestOptions = {}): Promise<Execution> {
    const { connection, retries } = this.settings;
    const send = () => connection.send<Execution>({ method: 'DELETE', path: this.path, signal });
    // If it was carried out and its answer is lost, the second one would be a conflict.
    const mayRepeat = ({ code }: SkyfloError) => code === 'busy';
    return (await retried(send, { retries, signal, mayRepeat })).body;
  }

  private get path(): string {
    return `/executions/${encodeURIComponent(this.id)}`;
  }
}

/**
 * The answer of a run that has ended.
 * @throws SkyfloError if it has no answer
 */
function answerOf(execution: Execution): ToolAnswer {
  if (execution.status !== 'succeeded') throw errorOfExecution(execution);
  const { id: executionId, result = '', data } = execution;
  return { result, executionId, ...(data !== undefined && { data }) };
}
