import { CLIENTS, type McpClient } from './mcp-clients.js';
import { execute } from './rest.js';
import type { RunningServer } from './server.js';

/** How a call ended, the same for every door. */
export interface Answer {
  /** What it answers, or what went wrong. */
  text: string;
  /** Of a failure. */
  code?: string;
}

/** A way to call tools. */
export interface Door {
  call(tool: string, args: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

/** The doors of a server. */
export const DOORS: Record<string, (server: RunningServer) => Promise<Door>> = {
  REST: async ({ url }) => ({
    async call(tool, args) {
      const { body } = await execute(url, tool, args);
      return body.code === undefined
        ? { text: body.result ?? '' }
        : { text: body.detail ?? '', code: body.code };
    },
    close: async () => undefined,
  }),
  MCP: async (server) => {
    const client: McpClient = await CLIENTS['2025 over Streamable HTTP']!(server);
    return {
      async call(tool, args) {
        const result = await client.call(tool, args).catch(faultOf);
        if (!('content' in result)) return result;
        const { content, isError, _meta } = result;
        const text = content[0]?.text ?? '';
        return isError ? { text, code: String(_meta?.['skyflo/code']) } : { text };
      },
      close: () => client.close(),
    };
  },
};

/** What a JSON-RPC error says of a call that is none, such as one of an unknown tool. */
function faultOf(error: unknown): Answer {
  const { message, data } = error as { message: string; data?: Record<string, unknown> };
  const code = data?.['skyflo/code'];
  if (typeof code !== 'string') throw error;
  return { text: message, code };
}
