import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createMcpHandler,
  LOG_LEVEL_META_KEY,
  type InboundClassificationOutcome,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { asCall, exchangeCall, type CallMessage } from '../call-exchange.js';
import type { JsonRpcResult } from '../wire/json-rpc.js';
import { clientOf } from '../wire/mcp-client.js';
import { countOperation } from '../../metrics/mcp-operations.js';
import { isOfConnection, McpConnection } from '../mcp-connection.js';
import { modernServer, withServerInfo } from './modern.server.js';
import { Subscriptions } from './subscriptions.js';
import { ToolCalls } from '../tool-calls.js';
import { toWebRequest, writeAnswer } from '../wire/web-exchange.js';

const MODERN = '2026-07-28';

/** MCP 2026-07-28, which has no sessions. */
@Injectable()
export class ModernGateway {
  private readonly handler: McpHttpHandler;
  private readonly subscriptions: Subscriptions;

  constructor(private readonly tools: ToolCalls) {
    const bus = new Subscriptions(tools.changes);
    this.subscriptions = bus;
    this.handler = createMcpHandler(
      () => {
        if (!bus.client) throw new Error('The SDK answers a request that it was not given.');
        return modernServer(tools, bus.client);
      },
      // `limitOpenRequests` limits the streams of subscriptions too. `writeAnswer` gives the signs
      // of life.
      { legacy: 'reject', bus, maxSubscriptions: Infinity, keepAliveMs: 0 },
    );
  }

  /**
   * Answers a request. It is cancelled if the client hangs up.
   * @param route the SDK's classification of the request, or what is wrong with it
   * @throws ToolError `invalid_input` for a narrowing that is wrong
   */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
    route: InboundClassificationOutcome,
  ): Promise<void> {
    if (response.destroyed) return;
    const client = clientOf(request, this.tools.narrowings.of(request), MODERN);
    const cancel = new AbortController();
    const message = asCall(body);
    if (message && isInOrder(request, message, route)) {
      const connection = new McpConnection(this.tools, client);
      const { [LOG_LEVEL_META_KEY]: logLevel } = message.params._meta as Record<string, unknown>;
      return exchangeCall({ connection, message, response, cancel, logLevel, seal });
    }
    response.once('close', () => {
      if (!response.writableFinished) cancel.abort();
    });
    const webRequest = toWebRequest(request, cancel.signal);
    const startedAt = performance.now();
    const answer = await this.subscriptions.answer(client, () =>
      this.handler.fetch(webRequest, { parsedBody: body }),
    );
    const { method } = (body ?? {}) as { method?: unknown };
    if (typeof method === 'string' && !isOfConnection(method)) {
      const ended = answer.ok ? {} : { code: answer.status };
      countOperation({ method, door: client.door }, startedAt, ended);
    }
    await writeAnswer(answer, response, this.tools.http);
  }

  async closeAll(): Promise<void> {
    await this.handler.close();
  }
}

/** Whether a call's headers match its body (MCP 2026-07-28, Transports, Standard Headers). */
function isInOrder(
  { headers }: IncomingMessage,
  { params }: CallMessage,
  route: InboundClassificationOutcome,
): boolean {
  return (
    route.kind === 'modern' &&
    route.classification.revision === MODERN &&
    headers['mcp-protocol-version'] === route.classification.revision &&
    headers['mcp-method'] === 'tools/call' &&
    headers['mcp-name'] === params.name
  );
}

/** Adds what every result of MCP 2026-07-28 has besides its content. */
function seal(result: JsonRpcResult): JsonRpcResult {
  return { ...withServerInfo(result), resultType: 'complete' };
}
