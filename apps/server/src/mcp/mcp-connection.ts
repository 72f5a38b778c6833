import type { HttpAnswers } from '../http/http-answers.js';
import { countOperation } from '../metrics/mcp-operations.js';
import { JSON_RPC, protocolFault, ProtocolFault, type JsonRpcResult } from './wire/json-rpc.js';
import type { McpClient } from './wire/mcp-client.js';
import { spreadCancels } from './wire/spread-cancels.js';
import type { CallContext, ToolCalls } from './tool-calls.js';

/** The requests that `McpConnection` answers for the SDKs. */
export const METHODS = ['tools/list', 'tools/call', 'logging/setLevel'] as const;

/** Whether the SDKs leave a method to `McpConnection`, which then counts its requests. */
export function isOfConnection(method: string): boolean {
  return method.startsWith('tasks/') || (METHODS as readonly string[]).includes(method);
}

/** The log levels of MCP, the most detailed first (RFC 5424). */
const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

/** One request, as an SDK's server object passes it on. */
export interface McpRequest extends Omit<CallContext, 'wantsLogs' | 'client'> {
  method: string;
  params: Record<string, unknown>;
  /** The log level of this request. Clients of MCP 2026 send one. */
  logLevel?: unknown;
}

/** One client's connection in any protocol version. Answers what the SDK does not. */
export class McpConnection {
  /** Number of running calls. */
  running = 0;
  private readonly idlers = new Set<() => void>();

  constructor(
    private readonly tools: ToolCalls,
    private readonly client: McpClient,
  ) {}

  /** Writes the answers over HTTP. */
  get http(): HttpAnswers {
    return this.tools.http;
  }

  /** @throws a JSON-RPC fault for an unknown method or wrong parameters */
  async answer(request: McpRequest): Promise<JsonRpcResult> {
    const { method, params } = request;
    const tool = method === 'tools/call' ? this.tools.metricName(params.name) : undefined;
    const operation = { method, tool, door: this.client.door };
    const startedAt = performance.now();
    try {
      const result = await this.answerTo(request);
      countOperation(operation, startedAt, result);
      return result;
    } catch (error) {
      const code = error instanceof ProtocolFault ? error.code : JSON_RPC.internal;
      countOperation(operation, startedAt, { code });
      throw error;
    }
  }

  private async answerTo(request: McpRequest): Promise<JsonRpcResult> {
    switch (request.method) {
      case 'tools/call':
        return this.call(request);
      case 'tools/list':
        return this.tools.list(this.client);
      case 'tasks/get':
        return this.tools.tasks.get(request.params, this.client);
      case 'tasks/result':
        return this.tools.tasks.result(request.params, this.client, request.signal);
      case 'tasks/list':
        return this.tools.tasks.list(request.params, this.client);
      case 'tasks/cancel':
        return this.tools.tasks.cancel(request.params, this.client, request.signal);
      case 'logging/setLevel':
        return this.setLogLevel(request.params.level);
      default:
        throw protocolFault(JSON_RPC.methodNotFound, 'Method not found');
    }
  }

  private async call({ params, logLevel = this.client.logLevel, ...context }: McpRequest) {
    this.running += 1;
    const { signal, stop } = spreadCancels(context.signal);
    try {
      const wantsLogs = logLevel === 'debug' || logLevel === 'info';
      const { client } = this;
      return await this.tools.call(params, { ...context, signal, client, wantsLogs });
    } finally {
      stop();
      this.running -= 1;
      if (this.running === 0) this.tellIdlers();
    }
  }

  /** Resolves once no call is running. */
  async idle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.idlers.add(resolve));
  }

  private tellIdlers(): void {
    for (const resolve of this.idlers) resolve();
    this.idlers.clear();
  }

  private async setLogLevel(level: unknown): Promise<JsonRpcResult> {
    if (typeof level !== 'string' || !LOG_LEVELS.includes(level)) {
      throw protocolFault(
        JSON_RPC.invalidParams,
        `The level must be one of ${LOG_LEVELS.join(', ')}.`,
      );
    }
    this.client.logLevel = level;
    await this.client.keepLogLevel?.(level);
    return {};
  }
}
