import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { BatchTurns } from './batches.js';
import { JSON_RPC, refuse } from '../wire/json-rpc.js';
import { clientOf } from '../wire/mcp-client.js';
import { mcpConfig, type McpConfig } from '../mcp.config.js';
import { Sessions } from './sessions.js';
import { StreamableSession } from './streamable.session.js';
import { ToolCalls } from '../tool-calls.js';

/** Streamable HTTP with sessions, for clients of MCP 2025-03-26 to 2025-11-25. */
@Injectable()
export class StreamableGateway {
  private readonly sessions: Sessions<StreamableSession>;
  private readonly turns = new BatchTurns();

  constructor(
    private readonly tools: ToolCalls,
    @Inject(mcpConfig.KEY) { maxSessions, callerPercent, sessionIdleMs }: McpConfig,
  ) {
    this.sessions = new Sessions({ max: maxSessions, callerPercent, idleMs: sessionIdleMs });
  }

  /**
   * Answers a request of any method. An unknown session is a 404, after which clients start a new
   * one.
   * @throws ToolError `invalid_input` for a narrowing that is wrong, or not that of the session
   */
  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const id = request.headers['mcp-session-id'];
    if (id === undefined) {
      return request.method === 'GET'
        ? refuseStream(response)
        : this.begin(request, response, body);
    }
    const session = this.sessions.use(String(id), request);
    if (!session) {
      return refuse(
        response,
        404,
        JSON_RPC.sessionNotFound,
        'Session not found. Send initialize again.',
      );
    }
    this.tools.narrowings.checkLater(session.narrowing, request);
    await session.handle(request, response, body);
  }

  async closeAll(): Promise<void> {
    await this.sessions.closeAll();
  }

  /** Starts a session. The SDK refuses every request but `initialize` here. */
  private async begin(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
  ): Promise<void> {
    const client = clientOf(request, this.tools.narrowings.of(request));
    if (!this.sessions.hasRoom(client.caller)) {
      return refuse(response, 503, JSON_RPC.refused, 'All sessions of this caller are busy.');
    }
    const session = new StreamableSession(this.tools, client, this.turns, {
      opened: () => this.sessions.add(session),
      used: () => void this.sessions.use(session.id),
      closed: () => this.sessions.delete(session.id),
    });
    await session.connect();
    await session.handle(request, response, body);
  }
}

/** Only sessions have a stream to listen to. Clients take a 405 for "none" (MCP, Transports). */
function refuseStream(response: ServerResponse): void {
  const message = 'GET opens the stream of a session. Start one: POST initialize.';
  refuse(response, 405, JSON_RPC.refused, message, { allow: 'POST' });
}
