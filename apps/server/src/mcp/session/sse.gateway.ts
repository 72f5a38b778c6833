import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import type { JSONRPCResultResponse } from '@modelcontextprotocol/sdk/types.js';
import { Inject, Injectable } from '@nestjs/common';
import { orAfter } from '#base';
import type { ToolError } from '#tools';
import type { EventStream } from '../../http/event-stream.js';
import { MCP_SESSIONS } from '../../metrics/connections.js';
import { watchOperations } from '../../metrics/mcp-operations.js';
import { isOfConnection } from '../mcp-connection.js';
import { asEvent, JSON_RPC, refuse } from '../wire/json-rpc.js';
import type { Narrowing } from '../narrowing/narrowing.js';
import { requestIdOf } from '../../http/request-id.js';
import { clientOf, isOf } from '../wire/mcp-client.js';
import { mcpConfig, type McpConfig } from '../mcp.config.js';
import { SessionServer } from './session.server.js';
import { Sessions, type Session } from './sessions.js';
import { unsentResult } from '../wire/tool-result.js';
import { ToolCalls } from '../tool-calls.js';

/** Milliseconds within which calls are answered when their session has to end. */
const LEAVE_MS = 2_000;

interface SseSession extends Session {
  transport: SSEServerTransport;
  /** The event stream. */
  stream: ServerResponse;
  narrowing: Narrowing;
}

/** HTTP+SSE, the transport of MCP 2024-11-05. A session is one event stream and ends with it. */
@Injectable()
export class SseGateway {
  private readonly sessions: Sessions<SseSession>;

  constructor(
    private readonly tools: ToolCalls,
    @Inject(mcpConfig.KEY) { maxSessions, callerPercent }: McpConfig,
  ) {
    this.sessions = new Sessions({ max: maxSessions, callerPercent });
    MCP_SESSIONS.observe(() => [[this.sessions.count, 'sse']]);
  }

  /**
   * Opens an event stream. Its first event says where to post messages.
   * @throws ToolError `invalid_input` for a narrowing that is wrong
   */
  async open(request: IncomingMessage, stream: ServerResponse): Promise<void> {
    if (stream.destroyed) return;
    const client = { ...clientOf(request, this.tools.narrowings.of(request)), offersTasks: true };
    if (!this.sessions.hasRoom(client.caller)) {
      return refuse(stream, 503, JSON_RPC.refused, 'All sessions of this caller are busy.');
    }
    const transport = new SSEServerTransport('/messages', stream);
    const events = this.tools.http.stream(stream);
    events.setHeaders();
    sendThrough(events, transport);
    const server = new SessionServer(this.tools, client);
    const id = transport.sessionId;
    this.sessions.add({
      id,
      caller: client.caller,
      transport,
      stream,
      narrowing: client.narrowing,
      isOf: (other) => isOf(client, other),
      isRunning: () => server.connection.running > 0,
      close: () => server.close(),
    });
    server.onclose = () => {
      events.stop();
      this.sessions.delete(id);
    };
    events.onExpired = () => void end(server, events);
    await server.connect(transport);
    watchOperations(transport, client.door, isOfConnection);
  }

  /**
   * Takes a message for the session in the query. The answer goes out on the session's stream.
   * @throws ToolError `invalid_input` for a narrowing that is wrong, or not that of the session
   */
  async post(
    request: IncomingMessage,
    response: ServerResponse,
    id: unknown,
    body: unknown,
  ): Promise<void> {
    const session = this.sessions.use(String(id), request);
    if (!session) {
      return refuse(response, 404, JSON_RPC.sessionNotFound, 'Session not found. Open /sse again.');
    }
    this.tools.narrowings.checkLater(session.narrowing, request);
    if (body === undefined || typeof body === 'string') {
      return refuse(response, 400, JSON_RPC.parseError, 'Parse error: the body is not JSON.');
    }
    const refusal = this.tools.unread.refusalOf(session.caller, session.stream.req.socket);
    if (refusal) return refuse(response, 429, JSON_RPC.refused, refusal.message);
    // The SDK hands the headers on with the message.
    requestIdOf(request);
    await session.transport.handlePostMessage(request, response, body);
  }

  async closeAll(): Promise<void> {
    await this.sessions.closeAll();
  }
}

/** Ends a session whose stream may not go on, once its calls are answered. */
async function end(server: SessionServer, events: EventStream): Promise<void> {
  server.leave();
  await orAfter(LEAVE_MS, server.connection.idle());
  // The SDK sends an answer in the turn in which it gets it.
  await nextTurn();
  await events.flushed();
  await server.close();
}

/** Makes a transport write no faster than its client reads. */
function sendThrough(events: EventStream, transport: SSEServerTransport): void {
  transport.send = (message) => {
    const refusal = events.send(asEvent(message));
    // A notification that there is no room for is not sent.
    if (refusal && 'result' in message) {
      events.sendAnyway(asEvent(unsent(message, refusal)));
    }
    return Promise.resolve();
  };
}

function unsent({ id, result }: JSONRPCResultResponse, refusal: ToolError): object {
  const answer = Array.isArray(result['content'])
    ? { result: unsentResult(result, refusal) }
    : { error: { code: JSON_RPC.refused, message: refusal.message } };
  return { jsonrpc: '2.0', id, ...answer };
}
