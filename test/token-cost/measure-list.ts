import { asModern } from '../support/mcp-session.js';
import { send } from '../support/raw-http.js';
import { toolBytes, type ModelTool } from '../support/tool-bytes.js';

/** The set-ups whose list is measured. */
const PATHS = [
  '/mcp',
  '/mcp?categories=k8s',
  '/mcp?categories=k8s&read_only=true',
  '/mcp?tools=k8s_get,k8s_describe,k8s_logs,helm_status',
];

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const HEADERS = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };

/** What the list of one address costs. */
export interface ListCost {
  path: string;
  tools: number;
  /** Of the names, the descriptions and the input schemas. */
  bytes: number;
}

/** Measures the list of tools at several addresses of a server. */
export function measureLists(url: string): Promise<ListCost[]> {
  return Promise.all(PATHS.map((path) => measureList(url, path)));
}

async function measureList(url: string, path: string): Promise<ListCost> {
  const { body } = await send(`${url}${path}`, JSON.stringify(asModern(LIST)), HEADERS);
  const { tools } = (body as { result: { tools: ModelTool[] } }).result;
  return { path, tools: tools.length, bytes: toolBytes(tools) };
}
