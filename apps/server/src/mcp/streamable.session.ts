import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import { SessionServer } from './session.server.js';
import type { Session } from './sessions.js';
import type { ToolCalls } from './tool-calls.js';
import { toWebRequest, writeAnswer } from './web-exchange.js';

interface SessionEvents {
  /** The client's `initialize` was accepted. */
  opened(): void;
  used(): void;
  closed(): void;
}

/** One session of Streamable HTTP, with its own server object. */
export class StreamableSession implements Session {
  readonly id = randomUUID();
  private readonly transport: WebStandardStreamableHTTPServerTransport;
  private readonly server: SessionServer;
  private openStreams = 0;

  constructor(
    tools: ToolCalls,
    private readonly events: SessionEvents,
  ) {
    this.transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => this.id,
      onsessioninitialized: () => events.opened(),
    });
    this.server = new SessionServer(tools, (request) => this.release(request));
    this.server.onclose = () => events.closed();
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

  /** Answers one HTTP request of the session; hanging up on it cancels what it asked for. */
  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    if (response.destroyed) return;
    const isStream = request.method === 'GET';
    if (isStream) this.openStreams += 1;
    response.once('close', () => {
      if (isStream) this.openStreams -= 1;
      if (!response.writableFinished) this.cancel(body);
      this.events.used();
    });
    // The transport answers text, which is what broken JSON comes as, with a parse error.
    const parsedBody = body ?? '';
    const answer = this.transport.handleRequest(toWebRequest(request), { parsedBody });
    await writeAnswer(answer, response);
  }

  /** Nothing can be resumed here, so nobody will ever read the answers: the same as if the client had cancelled. */
  private cancel(body: unknown): void {
    for (const requestId of requestIds(body)) {
      this.transport.onmessage?.({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId, reason: 'The client hung up.' },
      });
    }
  }

  /** The SDK does not answer a cancelled request, but only an answer ends its stream and lets the transport forget it. */
  private release(id: RequestId): void {
    const error = { code: 0, message: 'Request cancelled' };
    this.transport.send({ jsonrpc: '2.0', id, error }).catch(() => {});
  }
}

function requestIds(body: unknown): RequestId[] {
  const messages: unknown[] = Array.isArray(body) ? body : [body];
  return messages
    .map((message) => (message as { id?: unknown } | null | undefined)?.id)
    .filter((id) => typeof id === 'string' || typeof id === 'number');
}
