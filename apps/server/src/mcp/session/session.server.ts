import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import { asCallersFault } from '../wire/json-rpc.js';
import { noteVersion, type McpClient } from '../wire/mcp-client.js';
import { McpConnection } from '../mcp-connection.js';
import { CAPABILITIES, SERVER_DESCRIPTION, TASKS_CAPABILITY } from '../wire/server-identity.js';
import type { ToolCalls } from '../tool-calls.js';

// All servers share one, because creating it takes longer than a call. It only checks answers to
// elicitations.
const VALIDATOR = new AjvJsonSchemaValidator();

interface SessionServerOptions {
  /** Answers the requests. A new one unless given. */
  connection?: McpConnection;
  /** Is called for each cancelled request, which the SDK does not answer. */
  cancelled?: (id: RequestId) => void;
}

/** The server side of one connection of a client that speaks MCP 2024-11-05 to 2025-11-25. */
export class SessionServer extends Server {
  readonly connection: McpConnection;
  private readonly leaving = new AbortController();

  constructor(
    private readonly tools: ToolCalls,
    private readonly client: McpClient,
    { connection = new McpConnection(tools, client), cancelled }: SessionServerOptions = {},
  ) {
    super(SERVER_DESCRIPTION, {
      capabilities: { ...CAPABILITIES, ...TASKS_CAPABILITY },
      instructions: tools.instructions(client),
      jsonSchemaValidator: VALIDATOR,
    });
    this.connection = connection;
    this.removeRequestHandler('logging/setLevel');
    // A handler for each method would make the SDK answer wrong parameters with an internal error
    // and check each result again.
    this.fallbackRequestHandler = async ({ method, params = {} }, extra) => {
      const { signal, requestId, requestInfo } = extra;
      try {
        return await this.connection.answer({
          method,
          params,
          source: { id: requestId, headers: requestInfo?.headers },
          signal,
          leave: this.leaving.signal,
          notify: (name, content) =>
            void extra.sendNotification({ method: name, params: content }).catch(() => {}),
        });
      } finally {
        if (signal.aborted) cancelled?.(requestId);
      }
    };
  }

  /** Answers the calls that run, and lets them go on. */
  leave(): void {
    this.leaving.abort();
  }

  override async connect(transport: Transport): Promise<void> {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => {
      noteVersion(this.client, message);
      return send(asCallersFault(message), options);
    };
    const unwatch = this.tools.changes.watch(this.client, () => this.tellChange());
    const { onclose } = transport;
    transport.onclose = () => {
      unwatch();
      onclose?.();
    };
    await super.connect(transport);
  }

  /** Tells a client that is connected. Without a stream to it, nothing is sent. */
  private tellChange(): void {
    if (this.client.protocolVersion === undefined) return;
    this.sendToolListChanged().catch(() => {});
  }

  /** Allows tasks. The SDK only knows tasks in its own store. */
  protected override assertTaskHandlerCapability(): void {}
}
