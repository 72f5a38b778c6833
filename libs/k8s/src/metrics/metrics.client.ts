import { Injectable } from '@nestjs/common';
import { alignLines, ifFound, listAll, namespaceToList, type Cluster } from '#cluster';
import { invalidField, ToolError, type ToolResult } from '#tools';
import type { TopNodesDto } from './top-nodes.dto.js';
import type { TopPodsDto } from './top-pods.dto.js';
import { missingText, podWithoutMetrics, unfinishedPods } from './metrics-missing.js';
import {
  nodeRow,
  podName,
  podRows,
  sortedByUse,
  type NodeMetrics,
  type PodMetrics,
  type Usage,
} from './metrics-rows.js';

const METRICS = '/apis/metrics.k8s.io/v1beta1';

interface Node {
  metadata: { name: string };
  status?: { allocatable?: Usage };
}

/** Reads what metrics-server measured (metrics.k8s.io/v1beta1). */
@Injectable()
export class MetricsClient {
  /** The table of `kubectl top pods`. */
  async pods(cluster: Cluster, query: TopPodsDto, signal: AbortSignal): Promise<ToolResult> {
    const { pod_name, all_namespaces: isEverywhere, show_containers, no_headers } = query;
    const namespace = namespaceToList(cluster, query);
    if (isEverywhere && pod_name)
      throw invalidField('pod_name', 'cannot be given together with all_namespaces');
    if (pod_name && query.label_selector)
      throw invalidField('pod_name', 'cannot be given together with label_selector');
    const path = isEverywhere ? `${METRICS}/pods` : `${METRICS}/namespaces/${namespace}/pods`;
    const listed = {
      namespace: isEverywhere ? undefined : namespace,
      labelSelector: query.label_selector,
    };
    const [pods, unfinished] = await Promise.all([
      this.podMetrics(cluster, path, query, namespace ?? '', signal),
      pod_name === undefined ? unfinishedPods(cluster, listed, signal) : [],
    ]);
    const measured = new Set(pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    const missing = unfinished.filter((name) => !measured.has(name));
    const names = isEverywhere ? missing : missing.map((name) => name.split('/')[1] ?? name);
    const rows = sortedByUse(
      pods.flatMap((pod) => podRows(pod, show_containers)),
      query.sort_by,
      podName,
    );
    if (rows.length === 0) {
      const where = isEverywhere ? '' : ` in ${namespace} namespace.`;
      const output = names.length > 0 ? missingText(names) : `No resources found${where}`;
      return { output, data: { pods: [], without_metrics: missing } };
    }
    const header = [
      ...(isEverywhere ? ['NAMESPACE'] : []),
      ...(show_containers ? ['POD'] : []),
      'NAME',
      'CPU(cores)',
      'MEMORY(bytes)',
    ];
    const cells = rows.map((row) => [
      ...(isEverywhere ? [row.namespace] : []),
      row.pod,
      ...(row.container === undefined ? [] : [row.container]),
      `${row.cpu}m`,
      `${row.memory}Mi`,
    ]);
    const lines = alignLines(no_headers ? cells : [header, ...cells]);
    if (names.length > 0 && !no_headers) lines.push(missingText(names));
    return { output: lines.join('\n'), data: { pods: rows, without_metrics: missing } };
  }

  private async podMetrics(
    cluster: Cluster,
    path: string,
    { pod_name, label_selector }: TopPodsDto,
    namespace: string,
    signal: AbortSignal,
  ): Promise<PodMetrics[]> {
    try {
      return await read<PodMetrics>(cluster, path, pod_name, label_selector, signal);
    } catch (error) {
      const isMissing = error instanceof ToolError && error.code === 'not_found';
      if (!isMissing || pod_name === undefined) throw error;
      throw await podWithoutMetrics(cluster, namespace, pod_name, error, signal);
    }
  }

  /** The table of `kubectl top nodes`; percentages are of what pods can have. */
  async nodes(cluster: Cluster, query: TopNodesDto, signal: AbortSignal): Promise<ToolResult> {
    const { node_name, label_selector, no_headers } = query;
    if (node_name && label_selector)
      throw invalidField('node_name', 'cannot be given together with label_selector');
    const [measured, allocatable] = await Promise.all([
      this.nodeMetrics(cluster, node_name, label_selector, signal),
      this.allocatable(cluster, node_name, label_selector, signal),
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

  /** None of a node that has none yet: its row then says so. */
  private async nodeMetrics(
    cluster: Cluster,
    name: string | undefined,
    labelSelector: string | undefined,
    signal: AbortSignal,
  ): Promise<NodeMetrics[]> {
    try {
      return await read<NodeMetrics>(cluster, `${METRICS}/nodes`, name, labelSelector, signal);
    } catch (error) {
      const isMissing = error instanceof ToolError && error.code === 'not_found';
      if (!isMissing || name === undefined) throw error;
      const node = await ifFound(cluster.request(`/api/v1/nodes/${name}`, { signal }));
      if (node === undefined) throw error;
      return [];
    }
  }

  private async allocatable(
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
}

async function read<T>(
  cluster: Cluster,
  path: string,
  name: string | undefined,
  labelSelector: string | undefined,
  signal: AbortSignal,
): Promise<T[]> {
  try {
    if (name !== undefined) return [await cluster.request<T>(`${path}/${name}`, { signal })];
    return (await cluster.request<{ items: T[] }>(path, { signal, query: { labelSelector } }))
      .items;
  } catch (error) {
    const isAbsent =
      error instanceof ToolError &&
      (error.code === 'unavailable' ||
        (error.code === 'not_found' && !(await hasMetricsApi(cluster, signal))));
    if (!isAbsent) throw error;
    throw new ToolError(
      'unavailable',
      `The metrics API does not answer (${error.message}). Usage needs metrics-server in the cluster.`,
      {
        cause: error,
      },
    );
  }
}

/** Tells a pod that has no metrics from a cluster that has no metrics API. */
async function hasMetricsApi(cluster: Cluster, signal: AbortSignal): Promise<boolean> {
  return (await cluster.discovery.all(signal)).some(({ group }) => group === 'metrics.k8s.io');
}
