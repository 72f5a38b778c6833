import type { IncomingMessage, ServerResponse } from 'node:http';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { Inject, Injectable } from '@nestjs/common';
import { JSON_RPC, refuse } from './json-rpc.js';
import { clientOf } from './mcp-client.js';
import { mcpConfig, type McpConfig } from './mcp.config.js';
import { SessionServer } from './session.server.js';
import { Sessions, type Session } from './sessions.js';
import { ToolCalls } from './tool-calls.js';
import { KEEP_ALIVE_MS } from './web-exchange.js';

const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

interface SseSession extends Session {
  transport: SSEServerTransport;
  /** The event stream. */
  stream: ServerResponse;
}

/** HTTP+SSE, the transport of MCP 2024-11-05: a session is one event stream, and ends with it. */
@Injectable()
export class SseGateway {
  private readonly sessions: Sessions<SseSession>;

  constructor(
    private readonly tools: ToolCalls,
    @Inject(mcpConfig.KEY) { maxSessions, callerPercent, sessionIdleMs }: McpConfig,
  ) {
    this.sessions = new Sessions({ max: maxSessions, callerPercent, idleMs: sessionIdleMs });
  }

  /** Opens an event stream, whose first event tells where to post. */
  async open(request: IncomingMessage, stream: ServerResponse): Promise<void> {
    if (stream.destroyed) return;
    const client = clientOf(request);
    if (!this.sessions.hasRoom(client.caller)) {
      return refuse(stream, 503, JSON_RPC.refused, 'All sessions of this caller are busy.');
    }
    const transport = new SSEServerTransport('/messages', stream);
    const server = new SessionServer(this.tools, client);
    const id = transport.sessionId;
    this.sessions.add({
      id,
      caller: client.caller,
      transport,
      stream,
      isRunning: () => server.connection.running > 0,
      isWatched: () => true,
      close: () => server.close(),
    });
    const keepAlive = setInterval(() => stream.write(': keepalive\n\n'), KEEP_ALIVE_MS);
    server.onclose = () => {
      clearInterval(keepAlive);
      this.sessions.delete(id);
    };
    await server.connect(transport);
  }

  /**
   * Takes a message for the session that the query names; what it leads to goes out on that
   * session's stream.
   */
  async post(
    request: IncomingMessage,
    response: ServerResponse,
    id: unknown,
    body: unknown,
  ): Promise<void> {
    const session = this.sessions.use(String(id));
    if (!session) {
      return refuse(response, 404, JSON_RPC.sessionNotFound, 'Session not found. Open /sse again.');
    }
    if (body === undefined || typeof body === 'string') {
      return refuse(response, 400, JSON_RPC.parseError, 'Parse error: the body is not JSON.');
    }
    if (session.stream.writableLength > MAX_UNREAD_BYTES) {
      return refuse(response, 429, JSON_RPC.refused, 'Read the event stream before sending more.');
    }
    await session.transport.handlePostMessage(request, response, body);
  }

  async closeAll(): Promise<void> {
    await this.sessions.closeAll();
  }
}
