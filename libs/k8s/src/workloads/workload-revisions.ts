import { isOwnedBy, listAll, selectorText, type Cluster, type KubernetesObject } from '#cluster';
import { withExactNumbers } from './exact-numbers.js';

const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';
const TEMPLATE_HASH = 'pod-template-hash';

/** One earlier or present state of a workload's pod template. */
export interface Revision {
  revision: number;
  /** Why it was made (`kubernetes.io/change-cause`), if somebody has set that. */
  cause: string | undefined;
  /** The strategic merge patch that brings the workload back to it. */
  patch: object;
}

interface PodTemplate {
  metadata?: { labels?: Record<string, string> };
}

interface Owned {
  metadata: { annotations?: Record<string, string>; ownerReferences?: { uid: string }[] };
}

interface ReplicaSet extends Owned {
  spec: { template: PodTemplate };
}

interface ControllerRevision extends Owned {
  revision: number;
  data: object;
}

/**
 * The stored revisions of a workload, oldest first. A Deployment stores them as ReplicaSets, a
 * DaemonSet or StatefulSet as ControllerRevisions.
 */
export async function revisionsOf(
  cluster: Cluster,
  workload: KubernetesObject,
  signal: AbortSignal,
): Promise<Revision[]> {
  const revisions =
    workload.kind === 'Deployment'
      ? (await owned<ReplicaSet>(cluster, 'replicasets', workload, signal)).map(ofReplicaSet)
      : (await owned<ControllerRevision>(cluster, 'controllerrevisions', workload, signal)).map(
          (revision) => ofControllerRevision(revision, workload),
        );
  return revisions.filter(({ revision }) => revision > 0).sort((a, b) => a.revision - b.revision);
}

/**
 * The patch also sets the change cause, which belongs to the revision: otherwise the history would
 * show the cause of another one.
 */
function ofReplicaSet({ metadata: { annotations = {} }, spec }: ReplicaSet): Revision {
  const { metadata, ...template } = spec.template;
  const { [TEMPLATE_HASH]: _, ...labels } = metadata?.labels ?? {};
  const cause = annotations[CHANGE_CAUSE];
  return {
    revision: Number(annotations[REVISION] ?? 0),
    cause,
    patch: {
      metadata: { annotations: { [CHANGE_CAUSE]: cause ?? null } },
      spec: { template: { ...template, metadata: { ...metadata, labels }, $patch: 'replace' } },
    },
  };
}

function ofControllerRevision(
  { metadata, revision, data }: ControllerRevision,
  workload: KubernetesObject,
): Revision {
  const patch = withExactNumbers(data, workload) as object;
  return { revision, cause: metadata.annotations?.[CHANGE_CAUSE], patch };
}

/** @param plural of a kind of the group `apps` */
async function owned<T extends Owned>(
  cluster: Cluster,
  plural: string,
  { metadata, spec }: KubernetesObject,
  signal: AbortSignal,
): Promise<T[]> {
  const resource = await cluster.discovery.resolve(`${plural}.apps`, signal);
  const { selector } = spec as { selector: unknown };
  const query = { resource, namespace: metadata?.namespace, labelSelector: selectorText(selector) };
  const found = await listAll<T>(cluster, query, signal);
  return found.filter((object) => isOwnedBy(object.metadata, metadata?.uid as string));
}
