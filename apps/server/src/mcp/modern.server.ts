import { LOG_LEVEL_META_KEY, Server } from '@modelcontextprotocol/server';
import { McpConnection } from './mcp-connection.js';
import { CAPABILITIES, SERVER_INFO } from './server-identity.js';
import type { ToolCalls } from './tool-calls.js';

/** The server side of one request of a 2026-07-28 client, or of one stdio connection of any era. */
export function modernServer(tools: ToolCalls): Server {
  const server = new Server(SERVER_INFO, {
    capabilities: CAPABILITIES,
    instructions: tools.instructions(),
  });
  const connection = new McpConnection(tools);
  server.removeRequestHandler('logging/setLevel');
  server.fallbackRequestHandler = ({ method, params = {} }, { mcpReq }) =>
    connection.answer({
      method,
      params,
      signal: mcpReq.signal,
      logLevel: (mcpReq.envelope as Record<string, unknown> | undefined)?.[LOG_LEVEL_META_KEY],
      notify: (name, content) => void mcpReq.notify({ method: name, params: content }).catch(ignore),
    });
  return server;
}

function ignore(): void {}
