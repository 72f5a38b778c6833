import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ToolError, ToolInvoker, ToolRegistry, type Progress } from '#tools';
import { JSON_RPC, protocolFault, type JsonRpcResult } from './json-rpc.js';
import { instructionsFor } from './server-identity.js';
import { failureResult, successResult } from './tool-result.js';

const STOP_LIMIT_MS = 1_000;

/** What a connection gives along with a call. */
export interface CallContext {
  /** Aborts when the client cancels the request or its connection ends. */
  signal: AbortSignal;
  /** Whether the client asked for log messages of level "info". */
  wantsLogs: boolean;
  /** Sends a notification on the stream of the request; does nothing once that is gone. */
  notify: (method: string, params: Record<string, unknown>) => void;
}

/** The tools as MCP clients list and call them. */
@Injectable()
export class ToolCalls {
  private readonly running = new Map<AbortController, Promise<JsonRpcResult>>();
  private listing?: JsonRpcResult;

  constructor(
    private readonly registry: ToolRegistry,
    private readonly invoker: ToolInvoker,
  ) {}

  /** What a client's model should know before it calls a tool. */
  instructions(): string {
    return instructionsFor(this.registry);
  }

  /** The answer to `tools/list`: all tools on one page. */
  list(): JsonRpcResult {
    this.listing ??= {
      tools: this.registry
        .list()
        .map(({ name, title, description, inputSchema, annotations, tags }) => ({
          name,
          title,
          description,
          inputSchema,
          annotations,
          _meta: { fastmcp: { tags } },
        })),
    };
    return this.listing;
  }

  /**
   * Answers `tools/call`. Whatever goes wrong with the tool or its parameters is a result with `isError`.
   * @param params `name`, `arguments` and `_meta` with `progressToken` and `skyflo/data`
   * @throws the JSON-RPC fault "invalid params" when no tool is named
   */
  async call(params: Record<string, unknown>, context: CallContext): Promise<JsonRpcResult> {
    const { name } = params;
    if (typeof name !== 'string') {
      throw protocolFault(JSON_RPC.invalidParams, 'tools/call needs the name of a tool as text.');
    }
    const stop = new AbortController();
    const answer = this.run(name, params, context, stop);
    this.running.set(stop, answer);
    try {
      return await answer;
    } finally {
      this.running.delete(stop);
    }
  }

  /** Ends all running calls, for the server's end, and waits until their answers are handed to the connections. */
  async stopAll(): Promise<void> {
    for (const stop of this.running.keys()) {
      stop.abort(new ToolError('unavailable', 'The server is stopping, which ended this call.'));
    }
    await Promise.race([
      Promise.allSettled(this.running.values()),
      delay(STOP_LIMIT_MS, undefined, { ref: false }),
    ]);
    await nextTurn();
  }

  private async run(
    name: string,
    { arguments: args, _meta }: Record<string, unknown>,
    context: CallContext,
    stop: AbortController,
  ): Promise<JsonRpcResult> {
    const executionId = randomUUID();
    const meta = (_meta ?? {}) as Record<string, unknown>;
    const cancel = () => stop.abort(new ToolError('cancelled', 'The caller cancelled the call.'));
    context.signal.addEventListener('abort', cancel, { once: true });
    if (context.signal.aborted) cancel();
    try {
      const result = await this.invoker.call(name, args, {
        signal: stop.signal,
        executionId,
        progress: progressSender(meta.progressToken, context),
        emit: context.wantsLogs ? logSender(name, context) : undefined,
      });
      return successResult(result, executionId, meta['skyflo/data'] === true);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return failureResult(error, executionId);
    } finally {
      context.signal.removeEventListener('abort', cancel);
    }
  }
}

/** Clients may rely on a progress that only grows (MCP 2025-11-25, Progress). */
function progressSender(
  progressToken: unknown,
  { notify }: CallContext,
): ((progress: Progress) => void) | undefined {
  if (typeof progressToken !== 'string' && typeof progressToken !== 'number') return undefined;
  let reached = -Infinity;
  return (progress) => {
    if (progress.progress <= reached) return;
    reached = progress.progress;
    notify('notifications/progress', { progressToken, ...progress });
  };
}

function logSender(logger: string, { notify }: CallContext): (chunk: string) => void {
  return (data) => notify('notifications/message', { level: 'info', logger, data });
}
