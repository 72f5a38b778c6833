import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { orAfter, untilAborted } from '#base';
import { nearestHint, nearestNames } from '#cluster';
import { ExecutionAnswers, ExecutionRunner, type Started, type StartOptions } from '#executions';
import { OTHER } from '#telemetry';
import { ToolError, ToolRegistry, type Progress, type ToolResult } from '#tools';
import { CREDENTIAL_ENDED } from '../http/credential-watch.js';
import { HttpAnswers } from '../http/http-answers.js';
import { Unread } from '../http/unread.js';
import { knowsTasks, type McpClient } from './wire/mcp-client.js';
import { ListedTools } from './listing/listed-tools.js';
import { ToolChanges } from './listing/tool-changes.js';
import { mcpConfig, type McpConfig } from './mcp.config.js';
import { Narrowings } from './narrowing/narrowings.js';
import {
  JSON_RPC,
  protocolFault,
  type JsonRpcResult,
  type ProtocolFault,
} from './wire/json-rpc.js';
import { asksOf, type Asks } from './wire/asks.js';
import { callRequestOf, type MessageSource } from './wire/call-request.js';
import { ProgressSender } from './wire/progress-sender.js';
import { failureResult, successResult } from './wire/tool-result.js';
import { ToolTasks } from './session/tool-tasks.js';

/** Clients up to this protocol version, such as the Engine, wait as long as signs of life come. */
const LAST_PATIENT_VERSION = '2025-06-18';

/** What a connection passes to a call. */
export interface CallContext {
  client: McpClient;
  source: MessageSource;
  /** Aborts when the client cancels the request or its connection ends. */
  signal: AbortSignal;
  /**
   * Aborts when the credential of the client ends while its stream is open. The call is then
   * answered, and goes on.
   */
  leave?: AbortSignal;
  /** Whether the client asked for log messages of level "info". */
  wantsLogs: boolean;
  /** Sends a notification on the stream of the request. Does nothing once that is closed. */
  notify: (method: string, params: Record<string, unknown>) => void;
}

/** The tools as MCP clients list and call them. */
@Injectable()
export class ToolCalls {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly listed: ListedTools,
    private readonly runner: ExecutionRunner,
    private readonly answers: ExecutionAnswers,
    /** Calls whose results clients fetch later. */
    readonly tasks: ToolTasks,
    /** How clients narrow what they see. */
    readonly narrowings: Narrowings,
    /** Tells when the tools of a client change. */
    readonly changes: ToolChanges,
    /** What waits for clients to read it. */
    readonly unread: Unread,
    /** Writes the answers over HTTP. */
    readonly http: HttpAnswers,
    @Inject(mcpConfig.KEY) private readonly config: McpConfig,
  ) {}

  /** Instructions for the client's model, about the tools that the client sees. */
  instructions(client: McpClient): string {
    return this.listed.instructions(client);
  }

  /** What a tool is called in metrics: a name that no tool has may be anything. */
  metricName(name: unknown): string {
    return typeof name === 'string' && this.registry.find(name) ? name : OTHER;
  }

  /** The answer to `tools/list`: all tools that its client sees and may use, on one page. */
  list(client: McpClient): Promise<JsonRpcResult> {
    return this.listed.list(client);
  }

  /**
   * Answers `tools/call`. A failure of the tool or its parameters is a result with `isError`.
   * @param params `name`, `arguments` and `_meta` with `progressToken`, `skyflo/data`,
   * `skyflo/time_limit_seconds` and `skyflo/max_output_chars`
   * @throws the JSON-RPC fault "invalid params" when no tool is named, and for an unknown one (MCP,
   * Tools, Error Handling)
   */
  async call(params: Record<string, unknown>, context: CallContext): Promise<JsonRpcResult> {
    const { name } = params;
    if (typeof name !== 'string') {
      throw protocolFault(
        JSON_RPC.invalidParams,
        'tools/call needs the name of a tool as a string.',
      );
    }
    const { arguments: args, _meta } = params;
    const meta = (_meta ?? {}) as Record<string, unknown>;
    const executionId = randomUUIDv7();
    const { client } = context;
    const { caller, principal, door } = client;
    const request = callRequestOf(params, client, context.source);
    let progress: ProgressSender | undefined;
    try {
      const { timeLimitSeconds, maxOutputChars } = this.admit(
        params,
        meta,
        { executionId, request },
        context,
      );
      // In older protocol versions `task` has no meaning.
      if (params.task && knowsTasks(client)) {
        return await this.tasks.create(name, args, {
          caller,
          principal,
          door,
          request,
          timeLimitSeconds,
          maxOutputChars,
        });
      }
      progress = this.progressSender(meta.progressToken, context);
      const started = await this.runner.start(name, args, {
        caller,
        principal,
        door,
        request,
        executionId,
        timeLimitSeconds,
        maxOutputChars,
        progress: progress && ((report) => progress?.report(report)),
        emit: context.wantsLogs ? logSender(name, context) : undefined,
      });
      const limitMs =
        timeLimitSeconds === undefined ? this.softLimitMs(name, args, client) : undefined;
      const result = await this.resultWithin(started, { limitMs, maxOutputChars }, context);
      return successResult(result, started.id, meta['skyflo/data'] === true);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      if (error.code === 'not_found' && !this.registry.find(name)) {
        throw this.unknownTool(error, name, executionId, client);
      }
      return failureResult(this.answers.cutRefusal(error), executionId);
    } finally {
      progress?.stop();
    }
  }

  /**
   * What a call that may begin asks for.
   * @throws ToolError for one that may not, which is then recorded as refused
   */
  private admit(
    { name, arguments: args }: Record<string, unknown>,
    meta: Record<string, unknown>,
    named: Pick<StartOptions, 'request'> & { executionId: string },
    { client, signal }: CallContext,
  ): Asks {
    try {
      const asks = asksOf(meta);
      const tool = this.registry.find(name as string);
      const refusal =
        (tool && client.narrowing.refusalOf(tool)) ?? this.unread.refusalOf(client.caller);
      if (refusal) throw refusal;
      if (signal.aborted)
        throw new ToolError('cancelled', 'The call was cancelled before it began.');
      return asks;
    } catch (error) {
      const { caller, principal, door } = client;
      const who = { caller, principal, door, ...named };
      this.runner.refuse(name as string, args, who, error as ToolError);
      throw error;
    }
  }

  /** The fault for a name that no tool has, with the nearest that the client may use. */
  private unknownTool(
    { code, message }: ToolError,
    name: string,
    executionId: string,
    client: McpClient,
  ): ProtocolFault {
    const known = this.listed.of(client).map((tool) => tool.name);
    const hint = nearestHint(nearestNames(name, known)) || ' tools/list has all of them.';
    const data = { 'skyflo/execution_id': executionId, 'skyflo/code': code };
    return protocolFault(JSON_RPC.invalidParams, message + hint, data);
  }

  /**
   * Waits for the result. A cancel ends the call. The soft limit and the end of the client's
   * credential end only the wait.
   */
  private async resultWithin(
    { id, live }: Started,
    { limitMs, maxOutputChars: asked }: { limitMs: number | undefined } & Asks,
    { signal, leave }: Pick<CallContext, 'signal' | 'leave'>,
  ): Promise<ToolResult> {
    const begin = performance.now();
    const cancel = () => live?.cancel(new ToolError('cancelled', 'The caller cancelled the call.'));
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    const result = this.answers.result({ id, live }, signal, asked);
    try {
      if (!live) return await result;
      const first = await untilLeft(
        limitMs === undefined ? result : orAfter(limitMs, result),
        leave,
      );
      if (first) return first;
      // A later failure is stored with the execution.
      result.catch(() => {});
      live.isKept = true;
      const isLimit = !leave?.aborted && limitMs !== undefined;
      const ms = isLimit ? limitMs : Math.round((performance.now() - begin) / 1_000) * 1_000;
      const before = isLimit ? '' : `${CREDENTIAL_ENDED} `;
      return { output: this.answers.stillRunning(live.snapshot(), ms / 1_000, before, asked) };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /**
   * Milliseconds after which a call that still runs is answered. Undefined if the caller knows how
   * long the call takes, or waits as long as signs of life come.
   */
  private softLimitMs(name: string, args: unknown, client: McpClient): number | undefined {
    const { softLimitMs } = this.config;
    const isExempt =
      softLimitMs === 0 ||
      this.registry.get(name).isTimed(args) ||
      (client.protocolVersion !== undefined && client.protocolVersion <= LAST_PATIENT_VERSION);
    return isExempt ? undefined : softLimitMs;
  }

  private progressSender(token: unknown, { notify }: CallContext): ProgressSender | undefined {
    if (typeof token !== 'string' && typeof token !== 'number') return undefined;
    const send = (progress: Progress) =>
      notify('notifications/progress', { progressToken: token, ...progress });
    return new ProgressSender(send, this.http.keepAliveMs);
  }
}

/** The value of a promise, or undefined if the signal aborts before. */
async function untilLeft<T>(promise: Promise<T>, leave?: AbortSignal): Promise<T | undefined> {
  if (!leave) return promise;
  try {
    return await untilAborted(promise, leave);
  } catch (error) {
    if (!leave.aborted || error !== leave.reason) throw error;
    promise.catch(() => {});
    return undefined;
  }
}

function logSender(logger: string, { notify }: CallContext): (chunk: string) => void {
  return (data) => notify('notifications/message', { level: 'info', logger, data });
}
