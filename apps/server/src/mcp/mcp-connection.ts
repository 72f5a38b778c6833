import { cutName } from '#tools';
import type { HttpAnswers } from '../http/http-answers.js';
import { JSON_RPC, protocolFault, type JsonRpcResult } from './wire/json-rpc.js';
import type { McpClient } from './wire/mcp-client.js';
import { spreadCancels } from './wire/spread-cancels.js';
import type { CallContext, ToolCalls } from './tool-calls.js';

/** The requests that the SDKs leave to us. */
export const METHODS = [
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
  'logging/setLevel',
] as const;

/** From chatty to silent (RFC 5424, as MCP uses it). */
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

/** What an SDK's server object knows of one request. */
export interface McpRequest extends Omit<CallContext, 'wantsLogs' | 'client'> {
  method: string;
  params: Record<string, unknown>;
  /** The log level that the request itself asks for, as 2026 clients do. */
  logLevel?: unknown;
}

/**
 * One client's connection, whatever protocol era it speaks: answers the requests that are not the
 * SDK's own business.
 */
export class McpConnection {
  /** Calls that are running. */
  running = 0;
  private logLevel?: string;

  constructor(
    private readonly tools: ToolCalls,
    private readonly client: McpClient,
  ) {}

  /** Writes the answers over HTTP. */
  get http(): HttpAnswers {
    return this.tools.http;
  }

  /** @throws a JSON-RPC fault for an unknown method or parameters that are not the method's */
  async answer(request: McpRequest): Promise<JsonRpcResult> {
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
      case 'resources/list':
        return { resources: [] };
      case 'resources/templates/list':
        return { resourceTemplates: [] };
      case 'resources/read':
        throw protocolFault(JSON_RPC.resourceNotFound, 'There are no resources.', {
          uri: uriOf(request.params),
        });
      case 'prompts/list':
        return { prompts: [] };
      case 'prompts/get':
        throw protocolFault(JSON_RPC.invalidParams, 'There are no prompts.');
      case 'logging/setLevel':
        return this.setLogLevel(request.params.level);
      default:
        throw protocolFault(JSON_RPC.methodNotFound, 'Method not found');
    }
  }

  private async call({ params, logLevel = this.logLevel, ...context }: McpRequest) {
    this.running += 1;
    const { signal, stop } = spreadCancels(context.signal);
    try {
      const wantsLogs = logLevel === 'debug' || logLevel === 'info';
      const { client } = this;
      return await this.tools.call(params, { ...context, signal, client, wantsLogs });
    } finally {
      stop();
      this.running -= 1;
    }
  }

  private setLogLevel(level: unknown): JsonRpcResult {
    if (typeof level !== 'string' || !LOG_LEVELS.includes(level)) {
      throw protocolFault(
        JSON_RPC.invalidParams,
        `The level must be one of ${LOG_LEVELS.join(', ')}.`,
      );
    }
    this.logLevel = level;
    return {};
  }
}

function uriOf({ uri }: Record<string, unknown>): string | undefined {
  return typeof uri === 'string' ? cutName(uri) : undefined;
}
