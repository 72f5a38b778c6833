import { Pool } from 'undici';
import { CONNECTIONS, textOf } from '../support/api.js';

const PROTOCOL_VERSION = '2025-11-25';

/** A session of the 2025 protocol with any MCP server, over kept-alive connections. */
export interface McpSession {
  /** Gives the body of the answer. @throws Error with what a failure says */
  call: (name: string, args: object) => Promise<string>;
  /** The result of `tools/list`. */
  listTools: () => Promise<string>;
  close: () => Promise<void>;
}

/**
 * Opens a session.
 * @param address of the endpoint, `http://127.0.0.1:8081/mcp`
 */
export async function openSession(address: string): Promise<McpSession> {
  const { origin, pathname: path } = new URL(address);
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  let id = 0;
  const post = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    return pool.request({ method: 'POST', path, headers, body });
  };
  const ask = async (method: string, params: object) =>
    textOf(await post({ id: id++, method, params }));
  try {
    const clientInfo = { name: 'bench', version: '1' };
    const params = { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo };
    const opened = await post({ id: id++, method: 'initialize', params });
    await textOf(opened);
    const session = opened.headers['mcp-session-id'];
    if (session !== undefined) headers['mcp-session-id'] = String(session);
    headers['mcp-protocol-version'] = PROTOCOL_VERSION;
    await (await post({ method: 'notifications/initialized' })).body.dump();
  } catch (error) {
    await pool.destroy();
    throw error;
  }
  return {
    call: (name, args) => ask('tools/call', { name, arguments: args }),
    listTools: () => ask('tools/list', {}),
    close: async () => {
      const isOpen = headers['mcp-session-id'] !== undefined;
      if (isOpen) await (await pool.request({ method: 'DELETE', path, headers })).body.dump();
      await pool.close();
    },
  };
}
