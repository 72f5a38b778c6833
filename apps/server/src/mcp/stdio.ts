import { serveStdio as serve, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { INestApplicationContext } from '@nestjs/common';
import { ANYBODY, authenticationConfig, LOOPBACK, type AuthenticationConfig } from '#access';
import { MCP_SESSIONS } from '../metrics/connections.js';
import { watchOperations } from '../metrics/mcp-operations.js';
import { isOfConnection } from './mcp-connection.js';
import { asCallersFault } from './wire/json-rpc.js';
import { Narrowings } from './narrowing/narrowings.js';
import type { GivenCondition } from './narrowing/given-conditions.js';
import { noteVersion, type McpClient } from './wire/mcp-client.js';
import { modernServer } from './modern/modern.server.js';
import { ToolCalls } from './tool-calls.js';

/**
 * Serves one MCP client of any protocol version over stdin and stdout. When its input ends, the
 * running calls are cancelled and the application closes. The process then ends.
 * @param conditions narrow what the client sees
 * @throws ToolError `invalid_input` for conditions that are wrong
 */
export async function serveStdio(
  app: INestApplicationContext,
  conditions: readonly GivenCondition[],
): Promise<void> {
  try {
    await serveClient(app, conditions);
  } finally {
    await app.close();
  }
}

async function serveClient(
  app: INestApplicationContext,
  conditions: readonly GivenCondition[],
): Promise<void> {
  const narrowing = app.get(Narrowings).by(conditions);
  const tools = app.get(ToolCalls);
  const { isOff } = app.get<AuthenticationConfig>(authenticationConfig.KEY);
  const transport = new StdioServerTransport();
  const send = transport.send.bind(transport);
  const principal = isOff ? ANYBODY : LOOPBACK;
  const client: McpClient = { caller: 'stdio', door: 'stdio', principal, narrowing };
  transport.send = (message) => {
    noteVersion(client, message);
    return send(asCallersFault(message));
  };
  const open = () => {
    const server = modernServer(tools, client);
    server.onclose = tools.changes.watch(client, () => {
      server.sendToolListChanged().catch(() => {});
    });
    return server;
  };
  serve(open, { transport });
  watchOperations(transport, client.door, isOfConnection);
  MCP_SESSIONS.observe(() => [[1, 'stdio']]);
  await new Promise<void>((resolve) => {
    const { onclose } = transport;
    transport.onclose = () => {
      onclose?.();
      resolve();
    };
  });
}
