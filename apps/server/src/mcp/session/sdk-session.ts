import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import { EVENT_STREAM } from '../../http/event-stream.js';
import { watchOperations } from '../../metrics/mcp-operations.js';
import { isOfConnection, type McpConnection } from '../mcp-connection.js';
import type { McpClient } from '../wire/mcp-client.js';
import type { SessionFacts } from './session-id.js';
import { SessionServer } from './session.server.js';
import type { ToolCalls } from '../tool-calls.js';

/** What a client says of itself with `initialize`. */
export type Introduction = Pick<SessionFacts, 'protocolVersion' | 'clientInfo' | 'capabilities'>;

/** The SDK's objects for one session. */
export class SdkSession {
  private readonly transport: WebStandardStreamableHTTPServerTransport;
  private readonly server: SessionServer;
  private readonly door: string;

  /** @param idOf gives the id of the session once its `initialize` is accepted */
  constructor(tools: ToolCalls, client: McpClient, connection: McpConnection, idOf: () => string) {
    this.transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: idOf,
      // `writeAnswer` gives the signs of life.
      keepAliveMs: 0,
    });
    this.door = client.door;
    const cancelled = (id: RequestId) => this.release(id);
    this.server = new SessionServer(tools, client, { connection, cancelled });
  }

  /** @param opened how the session was opened before; its client does not do so again */
  async start(opened: Introduction | undefined): Promise<this> {
    await this.server.connect(this.transport);
    if (opened) {
      const { protocolVersion, clientInfo, capabilities } = opened;
      const params = { protocolVersion, clientInfo, capabilities };
      const headers = {
        accept: `application/json, ${EVENT_STREAM}`,
        'content-type': 'application/json',
      };
      const answer = await this.handle(
        new Request('http://localhost/mcp', { method: 'POST', headers }),
        { jsonrpc: '2.0', id: 0, method: 'initialize', params },
      );
      await answer.text();
    }
    // From here on it is the client that asks.
    watchOperations(this.transport, this.door, isOfConnection);
    return this;
  }

  /** @param body as parsed; text for what is not JSON, which is answered with a parse error */
  handle(request: Request, body: unknown): Promise<Response> {
    return this.transport.handleRequest(request, { parsedBody: body });
  }

  cancel(requestId: RequestId, reason: string): void {
    this.transport.onmessage?.({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId, reason },
    });
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  /** Ends the stream of a cancelled request, which the SDK does not answer. */
  private release(id: RequestId): void {
    const error = { code: 0, message: 'Request cancelled' };
    this.transport.send({ jsonrpc: '2.0', id, error }).catch(() => {});
  }
}
