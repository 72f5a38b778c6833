import {
  isOwnedBy,
  listAll,
  selectorText,
  type ApiResource,
  type Cluster,
  type Pod,
} from '#cluster';
import { ToolError } from '#tools';

interface Workload {
  metadata: { uid: string };
  spec?: { selector?: unknown };
}

interface Job {
  metadata: { name: string; ownerReferences?: { uid: string }[] };
}

/** Characters of label selectors that names and kind/name cannot have. */
const SELECTOR = /[=!,()<>\s]/;

/**
 * The pods that `target` stands for: one pod, those of a workload (kind/name), or those that a
 * label selector matches.
 * @throws ToolError `not_found` for an unknown kind, workload or pod; `invalid_input` for a kind
 * that has no pods
 */
export async function podsOf(
  cluster: Cluster,
  namespace: string,
  target: string,
  signal: AbortSignal,
): Promise<Pod[]> {
  const pods = await cluster.discovery.resolve('pods', signal);
  if (SELECTOR.test(target)) return select(cluster, pods, namespace, target, signal);
  const [kind = '', name] = target.split('/');
  const resource = name === undefined ? pods : await cluster.discovery.resolve(kind, signal);
  const object = await cluster.request<Pod & Workload>(resource.path(namespace, name ?? kind), {
    signal,
  });
  if (resource.groupResource === 'pods') return [object];
  const labels =
    resource.groupResource === 'cronjobs.batch'
      ? await jobsSelector(cluster, namespace, object.metadata.uid, signal)
      : selectorText(object.spec?.selector);
  if (labels === '') {
    throw new ToolError(
      'invalid_input',
      `${target} does not select pods. Name a pod, a workload or a label selector.`,
    );
  }
  return select(cluster, pods, namespace, labels, signal);
}

function select(
  cluster: Cluster,
  resource: ApiResource,
  namespace: string,
  labelSelector: string,
  signal: AbortSignal,
): Promise<Pod[]> {
  return listAll<Pod>(cluster, { resource, namespace, labelSelector }, signal);
}

/** A CronJob has no selector of its own: its pods are those of the Jobs that it owns. */
async function jobsSelector(
  cluster: Cluster,
  namespace: string,
  uid: string,
  signal: AbortSignal,
): Promise<string> {
  const resource = await cluster.discovery.resolve('jobs.batch', signal);
  const jobs = await listAll<Job>(cluster, { resource, namespace }, signal);
  const names = jobs
    .filter(({ metadata }) => isOwnedBy(metadata, uid))
    .map(({ metadata }) => metadata.name);
  return `batch.kubernetes.io/job-name in (${names.join(',')})`;
}
