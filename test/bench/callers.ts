import { Pool } from 'undici';
import { apiPool, CONNECTIONS, textOf } from '../support/api.js';
import { openSession } from './mcp-session.js';
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

/**
 * The API server itself, asked for the Table that the tools ask it for.
 * @param proxy the address of what passes the requests on to it; asked directly if left out
 */
export function rawCaller(kubeconfigPath: string, proxy?: string): Caller {
  const pool = proxy ? new Pool(proxy, { connections: CONNECTIONS }) : apiPool(kubeconfigPath);
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
  const { call, close } = await openSession(`${url}/mcp`);
  return {
    name: 'MCP 2025 (session)',
    pods: (namespace, selector) => () => call('k8s_get', podsOf(namespace, selector)),
    close,
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
