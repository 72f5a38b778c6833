import { LOG_LEVEL_META_KEY, Server, type StandardSchemaV1 } from '@modelcontextprotocol/server';
import type { McpClient } from '../wire/mcp-client.js';
import { McpConnection, METHODS } from '../mcp-connection.js';
import { CAPABILITIES, SERVER_DESCRIPTION } from '../wire/server-identity.js';
import type { ToolCalls } from '../tool-calls.js';

/** Accepts all parameters. The SDK would answer a refusal of its schema with an internal error. */
const ANY_PARAMS: StandardSchemaV1<Record<string, unknown>> = {
  '~standard': {
    version: 1,
    vendor: 'skyflo',
    validate: (value) => ({ value: value as Record<string, unknown> }),
  },
};

/** The server of one request of a 2026-07-28 client, or of one stdio connection of any version. */
export function modernServer(tools: ToolCalls, client: McpClient): Server {
  const server = new Server(SERVER_DESCRIPTION, {
    capabilities: CAPABILITIES,
    instructions: tools.instructions(client),
  });
  const connection = new McpConnection(tools, client);
  for (const method of METHODS) {
    server.setRequestHandler(method, { params: ANY_PARAMS }, (params, { mcpReq }) =>
      connection.answer({
        method,
        params,
        signal: mcpReq.signal,
        logLevel: (mcpReq.envelope as Record<string, unknown> | undefined)?.[LOG_LEVEL_META_KEY],
        notify: (name, content) =>
          void mcpReq.notify({ method: name, params: content }).catch(() => {}),
      }),
    );
  }
  return server;
}
