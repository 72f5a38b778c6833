import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import { asCallersFault } from '../wire/json-rpc.js';
import { noteVersion, type McpClient } from '../wire/mcp-client.js';
import { McpConnection } from '../mcp-connection.js';
import { CAPABILITIES, SERVER_INFO, TASKS_CAPABILITY } from '../wire/server-identity.js';
import type { ToolCalls } from '../tool-calls.js';

// Each server object would make one for itself, which takes longer than a call. It only ever checks
// answers to elicitations.
const VALIDATOR = new AjvJsonSchemaValidator();

/** The server side of one connection of a client that speaks MCP 2024-11-05 to 2025-11-25. */
export class SessionServer extends Server {
  readonly connection: McpConnection;

  /** @param cancelled told of each request that was cancelled, which the SDK never answers */
  constructor(
    tools: ToolCalls,
    private readonly client: McpClient,
    cancelled?: (id: RequestId) => void,
  ) {
    super(SERVER_INFO, {
      capabilities: { ...CAPABILITIES, ...TASKS_CAPABILITY },
      instructions: tools.instructions(),
      jsonSchemaValidator: VALIDATOR,
    });
    client.offersTasks = true;
    this.connection = new McpConnection(tools, client);
    this.removeRequestHandler('logging/setLevel');
    // Not registered one by one: the SDK would answer wrong parameters as an internal error, and
    // check each result again.
    this.fallbackRequestHandler = async ({ method, params = {} }, extra) => {
      const { signal, requestId } = extra;
      try {
        return await this.connection.answer({
          method,
          params,
          signal,
          notify: (name, content) =>
            void extra.sendNotification({ method: name, params: content }).catch(() => {}),
        });
      } finally {
        if (signal.aborted) cancelled?.(requestId);
      }
    };
  }

  override async connect(transport: Transport): Promise<void> {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => {
      noteVersion(this.client, message);
      return send(asCallersFault(message), options);
    };
    await super.connect(transport);
  }

  /**
   * Which requests may be tasks is our business; the SDK knows only those of its own task store.
   */
  protected override assertTaskHandlerCapability(): void {}
}
