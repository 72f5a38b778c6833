import { Pool } from 'undici';
import { apiPool, CONNECTIONS, textOf } from '../support/api.js';
import { toolClient } from './tool-client.js';

/**
 * The ways to ask for the pods of a namespace: the API server itself, and the two doors. All keep
 * their connections alive.
 */
export interface Caller {
  name: string;
  /** @param selector gives the label selector of each call; none if left out */
  pods(namespace: string, selector?: () => string): () => Promise<string>;
  close(): Promise<void>;
}

/** The API server itself, asked for the Table that the tools ask it for. */
export function rawCaller(kubeconfigPath: string): Caller {
  const pool = apiPool(kubeconfigPath);
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  return {
    name: 'API server',
    pods: (namespace, selector) => async () => {
      const query = selector ? `&labelSelector=${encodeURIComponent(selector())}` : '';
      const path = `/api/v1/namespaces/${namespace}/pods?includeObject=None${query}`;
      return textOf(await pool.request({ method: 'GET', path, headers }));
    },
    close: () => pool.close(),
  };
}

/** The REST door. */
export function restCaller(url: string): Caller {
  const { call, close } = toolClient(url, 'k8s');
  return {
    name: 'REST',
    pods: (namespace, selector) => () => call('k8s_get', podsOf(namespace, selector)),
    close,
  };
}

/** The MCP door, in one session of the 2025 protocol. */
export async function sessionCaller(url: string): Promise<Caller> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const post = async (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    return pool.request({ method: 'POST', path: '/mcp', headers, body });
  };
  const protocolVersion = '2025-11-25';
  const clientInfo = { name: 'bench', version: '1' };
  const opened = await post({
    id: 0,
    method: 'initialize',
    params: { protocolVersion, capabilities: {}, clientInfo },
  });
  await textOf(opened);
  headers['mcp-session-id'] = String(opened.headers['mcp-session-id']);
  headers['mcp-protocol-version'] = protocolVersion;
  await (await post({ method: 'notifications/initialized' })).body.dump();
  let id = 1;
  return {
    name: 'MCP 2025 (session)',
    pods: (namespace, selector) => async () => {
      const params = { name: 'k8s_get', arguments: podsOf(namespace, selector) };
      return textOf(await post({ id: id++, method: 'tools/call', params }));
    },
    close: async () => {
      await (await pool.request({ method: 'DELETE', path: '/mcp', headers })).body.dump();
      await pool.close();
    },
  };
}

/** The MCP door, by the stateless 2026 protocol. */
export function modernCaller(url: string): Caller {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const protocolVersion = '2026-07-28';
  let id = 1;
  return {
    name: 'MCP 2026 (stateless)',
    pods: (namespace, selector) => async () => {
      const name = 'k8s_get';
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': protocolVersion,
        'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      };
      const params = { name, arguments: podsOf(namespace, selector), _meta };
      const body = JSON.stringify({ jsonrpc: '2.0', id: id++, method: 'tools/call', params });
      return textOf(
        await pool.request({
          method: 'POST',
          path: '/mcp',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            'mcp-protocol-version': protocolVersion,
            'mcp-method': 'tools/call',
            'mcp-name': name,
          },
          body,
        }),
      );
    },
    close: () => pool.close(),
  };
}

/** The parameters of `k8s_get`. */
function podsOf(namespace: string, selector: (() => string) | undefined): object {
  return { resource_type: 'pods', namespace, label_selector: selector?.() };
}
