import type { Cluster } from '#cluster';
import { ToolError } from '#tools';

/** The API of metrics-server (metrics.k8s.io/v1beta1). */
export const METRICS_API = '/apis/metrics.k8s.io/v1beta1';

/**
 * The metrics of all objects of a path, or of one by its name.
 * @throws ToolError `unavailable` if the cluster has no metrics API or it does not answer, and as
 * `Cluster.request`
 */
export async function readMetrics<T>(
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
    throw error.with({
      code: 'unavailable',
      message: `The metrics API does not answer (${error.message}). This tool needs metrics-server in the cluster.`,
      cause: error,
    });
  }
}

/** Whether the cluster has the metrics API: without it, too, metrics are not found. */
async function hasMetricsApi(cluster: Cluster, signal: AbortSignal): Promise<boolean> {
  return (await cluster.discovery.all(signal)).some(({ group }) => group === 'metrics.k8s.io');
}
