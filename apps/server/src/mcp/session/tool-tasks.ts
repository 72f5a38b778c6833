import { Injectable } from '@nestjs/common';
import {
  ExecutionAnswers,
  ExecutionCanceller,
  ExecutionReader,
  ExecutionRunner,
  isFinished,
  outcomeOf,
  type Execution,
  type StartOptions,
} from '#executions';
import { isRecord } from '#base';
import { ToolError } from '#tools';
import { asksOf } from '../wire/asks.js';
import { JSON_RPC, protocolFault, type JsonRpcResult } from '../wire/json-rpc.js';
import type { McpClient } from '../wire/mcp-client.js';
import { failureResult, successResult } from '../wire/tool-result.js';

const RELATED_TASK = 'io.modelcontextprotocol/related-task';
const POLL_INTERVAL_MS = 1_000;
const PAGE_SIZE = 50;
/** Calls whose asked length is known. */
const MAX_ASKED = 10_000;

/** A task of MCP 2025-11-25. Times are ISO 8601, the rest milliseconds. */
interface Task {
  taskId: string;
  status: 'working' | 'completed' | 'failed' | 'cancelled';
  statusMessage?: string;
  createdAt: string;
  lastUpdatedAt: string;
  /** A task is kept as long as its execution. */
  ttl: null;
  pollInterval: number;
}

/**
 * Executions as tasks of MCP 2025-11-25 (Basic, Utilities, Tasks). A call that asks for a task is
 * answered at once. Its result is fetched later, also in another session. A client sees only its
 * own tasks.
 */
@Injectable()
export class ToolTasks {
  /** The characters that calls have asked for, by their executions, the oldest first. */
  private readonly asked = new Map<string, number>();

  constructor(
    private readonly runner: ExecutionRunner,
    private readonly reader: ExecutionReader,
    private readonly canceller: ExecutionCanceller,
    private readonly answers: ExecutionAnswers,
  ) {}

  /**
   * Starts a call as a task.
   * @throws ToolError as `ExecutionRunner.start`
   */
  async create(
    name: string,
    args: unknown,
    options: Pick<
      StartOptions,
      'caller' | 'principal' | 'door' | 'request' | 'timeLimitSeconds' | 'maxOutputChars'
    >,
  ): Promise<JsonRpcResult> {
    const { id } = await this.runner.start(name, args, { ...options, keep: true });
    this.remember(id, options.maxOutputChars);
    return { task: this.taskOf(await this.reader.find(id)) };
  }

  /** `tasks/get`. @throws the JSON-RPC fault "invalid params" for an unknown task */
  async get(params: Record<string, unknown>, client: McpClient): Promise<JsonRpcResult> {
    return { ...this.taskOf(await this.find(params, client)) };
  }

  /**
   * `tasks/result`: waits for the end of the task. Its `_meta` may ask for an answer of another
   * length, or else that of the call holds, while this server knows it.
   * @throws as `get`, also for a wrong `_meta`
   */
  async result(
    params: Record<string, unknown>,
    client: McpClient,
    signal: AbortSignal,
  ): Promise<JsonRpcResult> {
    const asked = askedIn(params);
    const { id } = await this.find(params, client);
    const chars = asked ?? this.asked.get(id);
    const end = await this.reader.ended(id, signal);
    const outcome = end && outcomeOf(end);
    if (!outcome) throw signal.reason;
    const result =
      'error' in outcome
        ? failureResult(this.answers.cutError(id, outcome.error, chars), id)
        : successResult(this.answers.cut(id, outcome.result, chars), id, false);
    return { ...result, _meta: { ...result._meta, [RELATED_TASK]: { taskId: id } } };
  }

  /** `tasks/list`, newest first. */
  async list({ cursor }: Record<string, unknown>, { caller }: McpClient): Promise<JsonRpcResult> {
    const after = typeof cursor === 'string' ? cursor : undefined;
    const page = await this.reader.list({ caller }, { limit: PAGE_SIZE, after });
    return {
      tasks: page.executions.map((execution) => this.taskOf(execution)),
      ...(page.next && { nextCursor: page.next }),
    };
  }

  /** `tasks/cancel`. @throws as `get`, also for a task that has ended */
  async cancel(
    params: Record<string, unknown>,
    client: McpClient,
    signal: AbortSignal,
  ): Promise<JsonRpcResult> {
    const { id } = await this.find(params, client);
    try {
      await this.canceller.cancel(id);
    } catch (error) {
      throw error instanceof ToolError
        ? protocolFault(JSON_RPC.invalidParams, error.message)
        : error;
    }
    await this.reader.ended(id, signal);
    return { ...this.taskOf(await this.reader.find(id)) };
  }

  private remember(id: string, chars: number | undefined): void {
    if (chars === undefined) return;
    this.asked.set(id, chars);
    const [oldest] = this.asked.keys();
    if (this.asked.size > MAX_ASKED && oldest !== undefined) this.asked.delete(oldest);
  }

  private taskOf(execution: Execution): Task {
    const { id: taskId, status, createdAt, startedAt, finishedAt } = execution;
    const { error } = this.answers.shown({ ...execution, output: undefined });
    return {
      taskId,
      status: isFinished(execution) ? (FINAL_STATUS[status] ?? 'failed') : 'working',
      ...(error && { statusMessage: error.message }),
      createdAt,
      lastUpdatedAt: finishedAt ?? startedAt ?? createdAt,
      ttl: null,
      pollInterval: POLL_INTERVAL_MS,
    };
  }

  private async find({ taskId }: Record<string, unknown>, client: McpClient): Promise<Execution> {
    const unknown = protocolFault(
      JSON_RPC.invalidParams,
      'This task does not exist. tasks/list shows the tasks of this client.',
    );
    if (typeof taskId !== 'string') throw unknown;
    const execution = await this.reader.find(taskId).catch((error: unknown) => {
      throw error instanceof ToolError && error.code === 'not_found' ? unknown : error;
    });
    if (execution.caller !== client.caller) throw unknown;
    return execution;
  }
}

/** The characters that a request asks for. @throws the JSON-RPC fault "invalid params" */
function askedIn({ _meta }: Record<string, unknown>): number | undefined {
  try {
    return asksOf(isRecord(_meta) ? _meta : {}).maxOutputChars;
  } catch (error) {
    throw error instanceof ToolError ? protocolFault(JSON_RPC.invalidParams, error.message) : error;
  }
}

const FINAL_STATUS: Partial<Record<Execution['status'], Task['status']>> = {
  succeeded: 'completed',
  cancelled: 'cancelled',
};
