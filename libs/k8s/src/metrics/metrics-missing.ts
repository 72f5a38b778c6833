import { ifFound, stateOf, type Cluster, type ListQuery, type LivePod } from '#cluster';
import { ToolError } from '#tools';
import { listMetadata } from '../pods/list-metadata.js';
import { podPath } from '../pods/pod-path.js';

/** Most names to list; the rest are counted. */
const MAX_NAMES = 10;

/** Pods that have ended use nothing and are not measured. */
const UNFINISHED = 'status.phase!=Succeeded,status.phase!=Failed';

/** The pods that have not ended, as `namespace/name`; empty without the right to list them. */
export async function unfinishedPods(
  cluster: Cluster,
  query: Omit<ListQuery, 'resource' | 'fieldSelector'>,
  signal: AbortSignal,
): Promise<string[]> {
  const resource = await cluster.discovery.resolve('pods', signal);
  try {
    const pods = await listMetadata(
      cluster,
      { ...query, resource, fieldSelector: UNFINISHED },
      signal,
    );
    return pods.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'forbidden') return [];
    throw error;
  }
}

/** One line: `No metrics yet for 2 pods: a, b.` */
export function missingText(names: readonly string[]): string {
  const left = names.length - MAX_NAMES;
  const more = left > 0 ? ` and ${left} more` : '';
  const what = names.length === 1 ? 'pod' : 'pods';
  return `No metrics yet for ${names.length} ${what}: ${names.slice(0, MAX_NAMES).join(', ')}${more}.`;
}

/** Why one pod has no metrics: `error` itself if there is no such pod. */
export async function podWithoutMetrics(
  cluster: Cluster,
  namespace: string,
  name: string,
  error: ToolError,
  signal: AbortSignal,
): Promise<ToolError> {
  const pod = await ifFound(cluster.request<LivePod>(podPath(namespace, name), { signal }));
  if (!pod) return error;
  const message = `There are no metrics for the pod ${namespace}/${name} yet. It is ${stateOf(pod)}. Running pods are measured several times a minute.`;
  return error.with({ message });
}
