import { afterAll, beforeAll } from 'vitest';
import { CLIENTS, mcpTextOf, type CallOptions, type McpClient } from './mcp-clients.js';
import { clientOf, execute, type RestAnswer } from './rest.js';
import { startServer, type LogLine, type RunningServer } from './server.js';

type Args = Record<string, unknown>;

/**
 * The server of a spec file and a client at each of its doors. To be used in hooks and tests only.
 */
export interface ServerInUse {
  readonly url: string;
  readonly pid: number;
  /** What it has logged so far. */
  readonly log: LogLine[];
  readonly mcp: McpClient;
  /** Calls a tool over REST. */
  readonly call: (tool: string, args?: Args) => Promise<RestAnswer>;
  /** What a tool answers over REST, which must be a success. */
  readonly textOf: (tool: string, args?: Args) => Promise<string>;
  /** The same over MCP. */
  readonly textOverMcp: (tool: string, args?: Args, options?: CallOptions) => Promise<string>;
}

export interface ServerOptions {
  /** Parameters that every call has unless it says otherwise. */
  defaults?: Args;
  /** Variables that are added to the sandbox's. Asked for after the hooks that stand before. */
  env?: () => Record<string, string> | Promise<Record<string, string>>;
}

/** Starts the real server before the tests of a file or a `describe`, and stops it after them. */
export function useServer({ defaults, env }: ServerOptions = {}): ServerInUse {
  let server: RunningServer;
  let mcp: McpClient;
  beforeAll(async () => {
    server = await startServer({ SHUTDOWN_GRACE_SECONDS: '1', ...(await env?.()) });
    mcp = await CLIENTS['2025 over Streamable HTTP']!(server);
  });
  afterAll(async () => {
    await mcp.close();
    await server.stop();
  });
  const call = (tool: string, args?: Args) => execute(server.url, tool, { ...defaults, ...args });
  return {
    get url() {
      return server.url;
    },
    get pid() {
      return server.pid;
    },
    get log() {
      return server.log;
    },
    get mcp() {
      return mcp;
    },
    call,
    textOf: async (tool, args) =>
      (await clientOf(server.url, 0).call(tool, { ...defaults, ...args })).result,
    textOverMcp: async (tool, args, options) =>
      mcpTextOf(await mcp.call(tool, { ...defaults, ...args }, options)),
  };
}
