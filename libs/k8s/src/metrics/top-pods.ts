import { inTurns, Turns } from '#base';
import { alignSteps, namespaceToList, type Cluster } from '#cluster';
import { invalidField, ToolError, type ToolResult } from '#tools';
import { METRICS_API, readMetrics } from './metrics-api.js';
import { missingText, podWithoutMetrics, unfinishedPods } from './metrics-missing.js';
import { podRows, sortedByUse, sortKey, type PodMetrics } from './metrics-rows.js';
import type { TopPodsDto } from './top-pods.dto.js';

/** The table of `kubectl top pods`. */
export async function topPods(
  cluster: Cluster,
  query: TopPodsDto,
  signal: AbortSignal,
): Promise<ToolResult> {
  const { pod_name, all_namespaces: isEverywhere, show_containers, no_headers } = query;
  const namespace = namespaceToList(cluster, query);
  if (isEverywhere && pod_name)
    throw invalidField('pod_name', 'cannot be given together with all_namespaces');
  if (pod_name && query.label_selector)
    throw invalidField('pod_name', 'cannot be given together with label_selector');
  const path = isEverywhere ? `${METRICS_API}/pods` : `${METRICS_API}/namespaces/${namespace}/pods`;
  const listed = {
    namespace: isEverywhere ? undefined : namespace,
    labelSelector: query.label_selector,
  };
  const [pods, unfinished] = await Promise.all([
    podMetrics(cluster, path, query, namespace ?? '', signal),
    pod_name === undefined ? unfinishedPods(cluster, listed, signal) : [],
  ]);
  const turns = new Turns();
  const measured = new Set(pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const missing = unfinished.filter((name) => !measured.has(name));
  const names = isEverywhere ? missing : missing.map((name) => name.split('/')[1] ?? name);
  const rows = sortedByUse(
    pods.flatMap((pod) => podRows(pod, show_containers)),
    query.sort_by,
    sortKey,
  );
  if (rows.length === 0) {
    const where = isEverywhere ? '' : ` in ${namespace} namespace.`;
    const output = names.length > 0 ? missingText(names) : `No resources found${where}`;
    return { output, data: { pods: [], without_metrics: missing } };
  }
  await turns.pass();
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
  const lines = await inTurns(alignSteps(no_headers ? cells : [header, ...cells]), turns);
  if (names.length > 0 && !no_headers) lines.push(missingText(names));
  return { output: lines.join('\n'), data: { pods: rows, without_metrics: missing } };
}

async function podMetrics(
  cluster: Cluster,
  path: string,
  { pod_name, label_selector }: TopPodsDto,
  namespace: string,
  signal: AbortSignal,
): Promise<PodMetrics[]> {
  try {
    return await readMetrics<PodMetrics>(cluster, path, pod_name, label_selector, signal);
  } catch (error) {
    const isMissing = error instanceof ToolError && error.code === 'not_found';
    if (!isMissing || pod_name === undefined) throw error;
    throw await podWithoutMetrics(cluster, namespace, pod_name, error, signal);
  }
}
