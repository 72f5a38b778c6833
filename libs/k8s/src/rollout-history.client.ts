import { Injectable } from '@nestjs/common';
import { listAll, selectorText, type Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import type { RolloutHistoryDto } from './dto/rollout-history.dto.js';
import { KubectlClient } from './kubectl.client.js';

const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

interface Deployment {
  metadata: { uid: string };
  spec: { selector: { matchLabels?: Record<string, string> } };
}

interface ReplicaSet {
  metadata: { annotations?: Record<string, string>; ownerReferences?: { uid: string }[] };
}

/** Reads the revisions of a workload. */
@Injectable()
export class RolloutHistoryClient {
  constructor(private readonly kubectl: KubectlClient) {}

  /** What `kubectl rollout history` prints. */
  async read(cluster: Cluster, query: RolloutHistoryDto, call: ToolCall): Promise<string> {
    const { resource_type, name, namespace, revision = 0 } = query;
    const { signal } = call;
    const resource = await cluster.discovery.resolve(`${resource_type}s.apps`, signal);
    const workload = await cluster.request<Deployment>(resource.path(namespace, name), { signal });
    if (resource_type === 'deployment' && revision === 0) {
      return this.revisions(cluster, query, workload, signal);
    }
    // Pod templates as text, and the controller revisions of the other kinds, are logic of kubectl's own.
    const args = ['rollout', 'history', `--namespace=${namespace}`, `--revision=${revision}`];
    return this.kubectl.run(cluster, [...args, '--', `${resource.groupResource}/${name}`], call);
  }

  private async revisions(
    cluster: Cluster,
    { name, namespace }: RolloutHistoryDto,
    { metadata, spec }: Deployment,
    signal: AbortSignal,
  ): Promise<string> {
    const resource = await cluster.discovery.resolve('replicasets.apps', signal);
    const query = { resource, namespace, labelSelector: selectorText(spec.selector) };
    const rows = (await listAll<ReplicaSet>(cluster, query, signal))
      .filter(({ metadata: set }) => set.ownerReferences?.some(({ uid }) => uid === metadata.uid))
      .map(({ metadata: { annotations = {} } }) => ({
        revision: Number(annotations[REVISION] ?? 0),
        cause: annotations[CHANGE_CAUSE] || '<none>',
      }))
      .filter(({ revision }) => revision > 0)
      .sort((a, b) => a.revision - b.revision);
    if (rows.length === 0) return `deployment.apps/${name}\nNo rollout history found.`;
    const lines = rows.map(({ revision, cause }) => `${String(revision).padEnd(10)}${cause}`);
    return [`deployment.apps/${name}`, 'REVISION  CHANGE-CAUSE', ...lines].join('\n');
  }
}
