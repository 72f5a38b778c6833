import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { parse } from 'yaml';

/** The ways to ask for the pods of a namespace: the API server itself, and the two doors. All keep their connections alive. */
export interface Caller {
  name: string;
  pods(namespace: string): () => Promise<string>;
  close(): Promise<void>;
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

const CONNECTIONS = 32;

/** The API server itself, asked for the Table that the tools ask it for. */
export function rawCaller(kubeconfigPath: string): Caller {
  const { clusters, users } = parse(readFileSync(kubeconfigPath, 'utf8')) as Kubeconfig;
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user;
  if (!cluster || !user) throw new Error('The kubeconfig names no cluster and user.');
  const decode = (text: string) => Buffer.from(text, 'base64');
  const pool = new Pool(cluster.server, {
    connections: CONNECTIONS,
    connect: {
      ca: decode(cluster['certificate-authority-data']),
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
    },
  });
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  return {
    name: 'API server',
    pods: (namespace) => async () => {
      const path = `/api/v1/namespaces/${namespace}/pods?includeObject=None`;
      return check(await pool.request({ method: 'GET', path, headers }));
    },
    close: () => pool.close(),
  };
}

/** The REST door. */
export function restCaller(url: string): Caller {
  const pool = new Pool(url, { connections: CONNECTIONS });
  return {
    name: 'REST',
    pods: (namespace) => {
      const body = JSON.stringify({ resource_type: 'pods', namespace });
      return async () =>
        check(
          await pool.request({
            method: 'POST',
            path: '/engine/v1/tools/k8s/k8s_get/execute',
            headers: { 'content-type': 'application/json' },
            body,
          }),
        );
    },
    close: () => pool.close(),
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
  await check(opened);
  headers['mcp-session-id'] = String(opened.headers['mcp-session-id']);
  headers['mcp-protocol-version'] = protocolVersion;
  await (await post({ method: 'notifications/initialized' })).body.dump();
  let id = 1;
  return {
    name: 'MCP 2025 (session)',
    pods: (namespace) => async () => {
      const params = { name: 'k8s_get', arguments: { resource_type: 'pods', namespace } };
      return check(await post({ id: id++, method: 'tools/call', params }));
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
    pods: (namespace) => async () => {
      const name = 'k8s_get';
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': protocolVersion,
        'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      };
      const params = { name, arguments: { resource_type: 'pods', namespace }, _meta };
      const body = JSON.stringify({ jsonrpc: '2.0', id: id++, method: 'tools/call', params });
      return check(
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

async function check({ statusCode, body }: Awaited<ReturnType<Pool['request']>>): Promise<string> {
  const text = await body.text();
  const isGood =
    statusCode === 200 && !text.includes('"isError":true') && !text.includes('"error":{');
  if (!isGood) throw new Error(`The call failed with ${statusCode}: ${text.slice(0, 500)}`);
  return text;
}
