import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { SUPPORTED_PROTOCOL_VERSIONS, type RequestId } from '@modelcontextprotocol/sdk/types.js';
import { EVENT_STREAM } from '../../http/event-stream.js';
import { asCall, exchangeCall, type CallMessage } from '../call-exchange.js';
import { Batches, type BatchTurns } from './batches.js';
import { JSON_RPC, refuse } from '../wire/json-rpc.js';
import type { Narrowing } from '../narrowing/narrowing.js';
import { isOf, type McpClient } from '../wire/mcp-client.js';
import { SessionServer } from './session.server.js';
import type { Session } from './sessions.js';
import type { ToolCalls } from '../tool-calls.js';
import { toWebRequest, writeAnswer } from '../wire/web-exchange.js';

interface SessionEvents {
  /** The SDK has accepted the client's `initialize`. */
  opened(): void;
  used(): void;
  closed(): void;
}

/** One session of Streamable HTTP, with its own server object. */
export class StreamableSession implements Session {
  readonly id = randomUUID();
  private readonly transport: WebStandardStreamableHTTPServerTransport;
  private readonly server: SessionServer;
  private readonly calls = new Map<RequestId, AbortController>();
  private readonly batches: Batches;
  private openStreams = 0;

  constructor(
    tools: ToolCalls,
    private readonly client: McpClient,
    turns: BatchTurns,
    private readonly events: SessionEvents,
  ) {
    this.batches = new Batches(turns);
    this.transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => this.id,
      onsessioninitialized: () => events.opened(),
      // `writeAnswer` gives the signs of life.
      keepAliveMs: 0,
    });
    this.server = new SessionServer(tools, client, (request) => this.release(request));
    this.server.onclose = () => {
      for (const cancel of this.calls.values()) cancel.abort();
      events.closed();
    };
  }

  get caller(): string {
    return this.client.caller;
  }

  get narrowing(): Narrowing {
    return this.client.narrowing;
  }

  isOf(request: IncomingMessage): boolean {
    return isOf(this.client, request);
  }

  isRunning(): boolean {
    return this.server.connection.running > 0;
  }

  isWatched(): boolean {
    return this.openStreams > 0;
  }

  async connect(): Promise<void> {
    await this.server.connect(this.transport);
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  /** Answers one HTTP request of the session. The request is cancelled if the client hangs up. */
  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    if (response.destroyed) return;
    const message = asCall(body);
    const isOpen = this.transport.sessionId !== undefined;
    if (message && isOpen && isInOrder(request)) return this.call(message, response);
    return Array.isArray(body)
      ? this.batch(request, response, body)
      : this.pass(request, response, body);
  }

  private async batch(
    request: IncomingMessage,
    response: ServerResponse,
    body: readonly unknown[],
  ): Promise<void> {
    const end = await this.batches.begin(requestIds(body).length);
    if (!end) {
      return refuse(response, 503, JSON_RPC.refused, 'Too many requests of batches are open.');
    }
    if (response.destroyed) return end();
    response.once('close', end);
    return this.pass(request, response, body);
  }

  /** Has the SDK answer a request. */
  private async pass(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
  ): Promise<void> {
    const cancelled = cancelledBy(body);
    if (cancelled !== undefined) this.calls.get(cancelled)?.abort();
    const isStream = request.method === 'GET';
    if (isStream) this.openStreams += 1;
    response.once('close', () => {
      if (isStream) this.openStreams -= 1;
      if (!response.writableFinished) this.hungUp(body);
      this.events.used();
    });
    // Broken JSON comes as text. The transport answers text with a parse error.
    const parsedBody = body ?? '';
    const answer = await this.transport.handleRequest(toWebRequest(request), { parsedBody });
    await writeAnswer(answer, response, this.server.connection.http);
  }

  private async call(message: CallMessage, response: ServerResponse): Promise<void> {
    const cancel = new AbortController();
    const { connection } = this.server;
    this.calls.set(message.id, cancel);
    try {
      const headers = { 'mcp-session-id': this.id };
      await exchangeCall({ connection, message, response, cancel, headers });
    } finally {
      if (this.calls.get(message.id) === cancel) this.calls.delete(message.id);
      this.events.used();
    }
  }

  /** Cancels the requests of a client that hung up. It cannot resume its streams. */
  private hungUp(body: unknown): void {
    for (const requestId of requestIds(body)) {
      this.transport.onmessage?.({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId, reason: 'The client hung up.' },
      });
    }
  }

  /** Ends the stream of a cancelled request, which the SDK does not answer. */
  private release(id: RequestId): void {
    const error = { code: 0, message: 'Request cancelled' };
    this.transport.send({ jsonrpc: '2.0', id, error }).catch(() => {});
  }
}

/** Whether a call has the headers of a 2025 client. If not, the SDK answers what is wrong. */
function isInOrder({ headers }: IncomingMessage): boolean {
  const version = headers['mcp-protocol-version'];
  return (
    [EVENT_STREAM, 'application/json'].every((type) => headers.accept?.includes(type)) &&
    (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version)))
  );
}

/** The request that a notification of the client cancels. */
function cancelledBy(body: unknown): RequestId | undefined {
  const { method, params } = (body ?? {}) as Record<string, unknown>;
  if (method !== 'notifications/cancelled') return undefined;
  return (params as { requestId?: RequestId } | null | undefined)?.requestId;
}

function requestIds(body: unknown): RequestId[] {
  const messages: unknown[] = Array.isArray(body) ? body : [body];
  return messages
    .map((message) => (message as { id?: unknown } | null | undefined)?.id)
    .filter((id) => typeof id === 'string' || typeof id === 'number');
}
