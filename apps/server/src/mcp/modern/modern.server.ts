import {
  LOG_LEVEL_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  Server,
  SERVER_INFO_META_KEY,
  type CacheHint,
  type StandardSchemaV1,
} from '@modelcontextprotocol/server';
import type { JsonRpcResult } from '../wire/json-rpc.js';
import type { McpClient } from '../wire/mcp-client.js';
import { McpConnection, METHODS } from '../mcp-connection.js';
import { CAPABILITIES, SERVER_DESCRIPTION, SERVER_INFO } from '../wire/server-identity.js';
import type { ToolCalls } from '../tool-calls.js';

/** Accepts all parameters. The SDK would answer a refusal of its schema with an internal error. */
const ANY_PARAMS: StandardSchemaV1<Record<string, unknown>> = {
  '~standard': {
    version: 1,
    vendor: 'skyflo',
    validate: (value) => ({ value: value as Record<string, unknown> }),
  },
};

/**
 * How long clients may keep what they were told. The tools and the contexts, which the instructions
 * name, change seldom, and clients that listen are told of it. Both depend on the credential of the
 * client or on how it narrows its connection, so neither may be shared.
 */
const CACHE_HINTS = {
  'server/discover': { ttlMs: 5 * 60_000, cacheScope: 'private' },
  'tools/list': { ttlMs: 5 * 60_000, cacheScope: 'private' },
} as const satisfies Record<string, CacheHint>;

/** The server of one request of a 2026-07-28 client, or of one stdio connection of any version. */
export function modernServer(tools: ToolCalls, client: McpClient): Server {
  const server = new Server(SERVER_DESCRIPTION, {
    capabilities: CAPABILITIES,
    instructions: tools.instructions(client),
    cacheHints: CACHE_HINTS,
  });
  const connection = new McpConnection(tools, client);
  for (const method of METHODS) {
    server.setRequestHandler(method, { params: ANY_PARAMS }, async (params, { mcpReq, http }) => {
      const envelope = mcpReq.envelope as Record<string, unknown> | undefined;
      const result = await connection.answer({
        method,
        params,
        source: {
          id: mcpReq.id,
          headers: http?.req && Object.fromEntries(http.req.headers),
          protocolVersion: envelope?.[PROTOCOL_VERSION_META_KEY],
        },
        signal: mcpReq.signal,
        logLevel: envelope?.[LOG_LEVEL_META_KEY],
        notify: (name, content) =>
          void mcpReq.notify({ method: name, params: content }).catch(() => {}),
      });
      return envelope ? withServerInfo(result) : result;
    });
  }
  return server;
}

/**
 * Says who answers, as each result of MCP 2026-07-28 does. The SDK would add the whole description
 * to each.
 */
export function withServerInfo(result: JsonRpcResult): JsonRpcResult {
  return { ...result, _meta: { ...result._meta, [SERVER_INFO_META_KEY]: SERVER_INFO } };
}
