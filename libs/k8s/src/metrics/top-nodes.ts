import { alignLines, ifFound, listAll, type Cluster } from '#cluster';
import { invalidField, ToolError, type ToolResult } from '#tools';
import { METRICS_API, readMetrics } from './metrics-api.js';
import { nodeRow, sortedByUse, type NodeMetrics, type Usage } from './metrics-rows.js';
import type { TopNodesDto } from './top-nodes.dto.js';

interface Node {
  metadata: { name: string };
  status?: { allocatable?: Usage };
}

/** The table of `kubectl top nodes`. Percentages are of what pods can use. */
export async function topNodes(
  cluster: Cluster,
  query: TopNodesDto,
  signal: AbortSignal,
): Promise<ToolResult> {
  const { node_name, label_selector, no_headers } = query;
  if (node_name && label_selector)
    throw invalidField('node_name', 'cannot be given together with label_selector');
  const [measured, allocatable] = await Promise.all([
    nodeMetrics(cluster, node_name, label_selector, signal),
    allocatableOf(cluster, node_name, label_selector, signal),
  ]);
  const rows = sortedByUse(
    measured.map((metrics) => nodeRow(metrics, allocatable.get(metrics.metadata.name))),
    query.sort_by,
    ({ node }) => node,
  );
  const known = new Set(rows.map(({ node }) => node));
  const unknown = [...allocatable.keys()].filter((name) => !known.has(name));
  if (rows.length + unknown.length === 0)
    return { output: 'No resources found', data: { nodes: [] } };
  const cells = [
    ...rows.map((row) => [
      row.node,
      `${row.cpu}m`,
      `${row.cpuPercent}%`,
      `${row.memory}Mi`,
      `${row.memoryPercent}%`,
    ]),
    ...unknown.map((name) => [name, ...Array<string>(4).fill('<unknown>')]),
  ];
  const header = ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'];
  return {
    output: alignLines(no_headers ? cells : [header, ...cells]).join('\n'),
    data: { nodes: rows },
  };
}

/** The metrics of nodes. Empty for a node that has none yet, which its row then shows. */
async function nodeMetrics(
  cluster: Cluster,
  name: string | undefined,
  labelSelector: string | undefined,
  signal: AbortSignal,
): Promise<NodeMetrics[]> {
  try {
    return await readMetrics<NodeMetrics>(
      cluster,
      `${METRICS_API}/nodes`,
      name,
      labelSelector,
      signal,
    );
  } catch (error) {
    const isMissing = error instanceof ToolError && error.code === 'not_found';
    if (!isMissing || name === undefined) throw error;
    const node = await ifFound(cluster.request(`/api/v1/nodes/${name}`, { signal }));
    if (node === undefined) throw error;
    return [];
  }
}

async function allocatableOf(
  cluster: Cluster,
  name: string | undefined,
  labelSelector: string | undefined,
  signal: AbortSignal,
): Promise<Map<string, Usage | undefined>> {
  const resource = await cluster.discovery.resolve('nodes', signal);
  const fieldSelector = name === undefined ? undefined : `metadata.name=${name}`;
  const nodes = await listAll<Node>(cluster, { resource, labelSelector, fieldSelector }, signal);
  return new Map(nodes.map(({ metadata, status }) => [metadata.name, status?.allocatable]));
}
