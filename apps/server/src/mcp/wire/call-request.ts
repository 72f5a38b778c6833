import { randomUUID } from 'node:crypto';
import type { CallRequest } from '#telemetry';
import { requestIdIn } from '../../http/request-id.js';
import { JSON_RPC } from './json-rpc.js';
import type { McpClient } from './mcp-client.js';

/** How a message has come. */
export interface MessageSource {
  /** Its JSON-RPC id. */
  readonly id: string | number;
  /** Those of the HTTP request that had it. Undefined over stdio. */
  readonly headers?: Record<string, unknown> | undefined;
  /** The version that it names itself. */
  readonly protocolVersion?: unknown;
}

/**
 * A `tools/call` as traces show it, by the semantic conventions of OpenTelemetry for MCP. Its
 * `_meta` says which trace it belongs to (SEP-414), and otherwise the HTTP request does.
 */
export function callRequestOf(
  { _meta }: Record<string, unknown>,
  client: Pick<McpClient, 'door' | 'protocolVersion' | 'sessionKey'>,
  { id, headers, protocolVersion }: MessageSource,
): CallRequest {
  let isKnown = false;
  return {
    id: headers ? requestIdIn(headers) : randomUUID(),
    carriers: [_meta, headers],
    describe: (tool) => {
      isKnown = tool !== undefined;
      return {
        name: tool ? `tools/call ${tool.name}` : 'tools/call',
        facts: {
          'mcp.method.name': 'tools/call',
          'mcp.protocol.version': client.protocolVersion ?? textOf(protocolVersion),
          'mcp.session.id': client.sessionKey,
          'jsonrpc.request.id': String(id),
          'network.transport': headers ? 'tcp' : 'pipe',
          'network.protocol.name': headers && 'http',
          'skyflo.door': client.door,
        },
      };
    },
    ended: (code) => {
      // An unknown tool is a fault of the protocol. Every other failure is a result.
      if (code !== 'not_found' || isKnown) {
        return { facts: {}, ...(code !== undefined && { errorType: 'tool_error' }) };
      }
      const status = String(JSON_RPC.invalidParams);
      return { facts: { 'rpc.response.status_code': status }, errorType: status };
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
