import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  Client as ModernClient,
  LOG_LEVEL_META_KEY,
  StreamableHTTPClientTransport as ModernHttpTransport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdioTransport } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { expect } from 'vitest';
import { testSandbox } from './sandbox.js';
import {
  OPEN_ACCESS,
  parseLogLine,
  SERVER_BIN,
  type LogLine,
  type RunningServer,
} from './server-process.js';

/** A tool's answer as MCP clients get it. */
export interface CallResult {
  content: { type: string; text?: string }[];
  structuredContent?: unknown;
  isError?: boolean;
  _meta?: Record<string, unknown>;
}

export interface CallOptions {
  meta?: Record<string, unknown>;
  onprogress?: (progress: { progress: number; total?: number; message?: string }) => void;
  /** Asks for log messages of level "info", and takes what they say. */
  onlog?: (data: unknown) => void;
  signal?: AbortSignal;
}

/** An MCP client of any SDK and transport. */
export interface McpClient {
  protocolVersion(): string | undefined;
  instructions(): string | undefined;
  listTools(): Promise<{ name: string; [key: string]: unknown }[]>;
  /** Listens for changes of the list of tools. */
  onToolsChanged(told: () => void): Promise<void>;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<CallResult>;
  close(): Promise<void>;
  /** What the server that it talks to has logged. */
  log: LogLine[];
}

/** What a client needs of a server. */
interface Reachable extends Pick<RunningServer, 'url' | 'log'> {
  /** The key or token that the client proves itself by; none unless given. */
  token?: string;
  /**
   * Settings of a server that the client starts itself. Everybody may do everything unless given.
   */
  env?: Record<string, string>;
  /** How the client narrows its connection: in the query, or by options over stdio. */
  narrowing?: Record<string, string>;
  /** Headers of a client over HTTP. */
  headers?: Record<string, string>;
}

const CLIENT_INFO = { name: 'test', version: '1.0.0' };
const MODERN = { versionNegotiation: { mode: { pin: '2026-07-28' } } };

/** Each kind of client that the server is made for. */
export const CLIENTS: Record<string, (server: Reachable) => Promise<McpClient>> = {
  '2025 over Streamable HTTP': (server) =>
    connect(
      new StreamableHTTPClientTransport(urlOf(server, '/mcp'), requestsOf(server)),
      server.log,
    ),
  '2025 over HTTP+SSE': (server) =>
    connect(new SSEClientTransport(urlOf(server, '/sse'), requestsOf(server)), server.log),
  '2026 over Streamable HTTP': async (server) => {
    const client = new ModernClient(CLIENT_INFO, MODERN);
    await client.connect(new ModernHttpTransport(urlOf(server, '/mcp'), requestsOf(server)));
    return wrapModern(client, server.log);
  },
  '2025 over stdio': (server) => {
    const transport = new StdioClientTransport(stdioServer(server));
    return connect(transport, logOf(transport.stderr as Readable));
  },
  '2026 over stdio': async (server) => {
    const client = new ModernClient(CLIENT_INFO, MODERN);
    const transport = new ModernStdioTransport(stdioServer(server));
    const log = logOf(transport.stderr as Readable);
    await client.connect(transport);
    return wrapModern(client, log);
  },
};

/** The text of an answer that must be a success. */
export function mcpTextOf({ content, isError }: CallResult): string {
  const texts = content.map(({ text }) => text);
  expect([isError ?? false, texts]).toEqual([false, [expect.any(String)]]);
  return texts[0] ?? '';
}

function urlOf({ url, narrowing }: Reachable, path: string): URL {
  const target = new URL(`${url}${path}`);
  target.search = new URLSearchParams(narrowing).toString();
  return target;
}

function requestsOf({ token, headers }: Reachable) {
  const proof = token === undefined ? {} : bearer(token);
  return { requestInit: { headers: { ...headers, ...proof } } };
}

/** The header of a key or a token. */
export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

async function connect(transport: Transport, log: LogLine[]): Promise<McpClient> {
  const client = new Client(CLIENT_INFO);
  let protocolVersion: string | undefined;
  transport.setProtocolVersion = chain(transport, (version) => (protocolVersion = version));
  await client.connect(transport);
  return {
    protocolVersion: () => protocolVersion,
    instructions: () => client.getInstructions(),
    listTools: async () => (await client.listTools()).tools,
    onToolsChanged: async (told) =>
      client.setNotificationHandler(ToolListChangedNotificationSchema, told),
    async call(name, args, { meta, onlog, ...options } = {}) {
      if (onlog) {
        client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) =>
          onlog(params.data),
        );
        await client.setLoggingLevel('info');
      }
      const params = { name, arguments: args, _meta: meta };
      return (await client.callTool(params, undefined, options)) as CallResult;
    },
    close: () => client.close(),
    log,
  };
}

function chain(transport: Transport, note: (version: string) => void): (version: string) => void {
  const { setProtocolVersion } = transport;
  return (version) => {
    note(version);
    setProtocolVersion?.call(transport, version);
  };
}

function wrapModern(client: ModernClient, log: LogLine[]): McpClient {
  return {
    protocolVersion: () => client.getNegotiatedProtocolVersion(),
    instructions: () => client.getInstructions(),
    listTools: async () => (await client.listTools()).tools,
    async onToolsChanged(told) {
      client.setNotificationHandler('notifications/tools/list_changed', told);
      await client.listen({ toolsListChanged: true });
    },
    async call(name, args, { meta, onlog, ...options } = {}) {
      if (onlog) {
        client.setNotificationHandler('notifications/message', ({ params }) => onlog(params.data));
      }
      const _meta = onlog ? { ...meta, [LOG_LEVEL_META_KEY]: 'info' as const } : meta;
      return client.callTool({ name, arguments: args, _meta }, options);
    },
    close: () => client.close(),
    log,
  };
}

function stdioServer({ env: own = {}, narrowing = {} }: Reachable) {
  const sandbox = testSandbox().env;
  const env = { ...process.env, ...OPEN_ACCESS, ...sandbox, ...own } as Record<string, string>;
  const options = Object.entries(narrowing).map(
    ([name, value]) => `--${name.replace('_', '-')}=${value}`,
  );
  return { command: SERVER_BIN, args: ['--stdio', ...options], env, stderr: 'pipe' as const };
}

function logOf(stderr: Readable): LogLine[] {
  const log: LogLine[] = [];
  createInterface({ input: stderr }).on('line', (text) => log.push(parseLogLine(text)));
  return log;
}
