import { listAll, type ApiResource, type Cluster } from '#cluster';
import { ToolError } from '#tools';
import { isRecord } from './manifest-error.js';

interface Container {
  name: string;
}

/** What is read of a pod. */
export interface Pod {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: {
    containers: Container[];
    initContainers?: Container[];
    ephemeralContainers?: Container[];
  };
}

/** One of a selector's matchExpressions, as far as it is one. */
interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

interface Workload {
  metadata: { uid: string };
  spec?: { selector?: unknown };
}

interface Job {
  metadata: { name: string; ownerReferences?: { uid: string }[] };
}

/** Characters that a label selector has and neither a name nor kind/name. */
const SELECTOR = /[=!,() ]/;

/**
 * The pods that a text names: one pod, those of a workload (kind/name), or those that a label selector matches.
 * @throws ToolError `not_found` for an unknown kind, workload or pod; `invalid_input` for a kind that has no pods
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
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
    .map(({ metadata }) => metadata.name);
  return `batch.kubernetes.io/job-name in (${names.join(',')})`;
}

/**
 * Writes the selector of an object as text. Services and ReplicationControllers have a plain map of labels, a custom resource may have anything:
 * what is no selector gives no text.
 */
export function selectorText(selector: unknown): string {
  if (!isRecord(selector)) return '';
  const isStructured = 'matchLabels' in selector || 'matchExpressions' in selector;
  const { matchLabels, matchExpressions } = isStructured ? selector : { matchLabels: selector };
  const labels = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions: unknown[] = [matchExpressions ?? []].flat();
  if (!expressions.every(isRequirement)) return '';
  return [...labels, ...expressions.map(requirementText)].join(',');
}

function isRequirement(value: unknown): value is Requirement {
  return isRecord(value) && typeof value['key'] === 'string';
}

function requirementText({ key, operator, values }: Requirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[values ?? []].flat().join(',')})`;
}
