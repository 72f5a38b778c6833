import { Injectable } from '@nestjs/common';
import { alignLines, listPages, type Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import type { RolloutHistoryDto } from './dto/rollout-history.dto.js';
import { KubectlClient } from './kubectl.client.js';
import { selectorText } from './log-targets.js';

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
    const rows: { revision: number; cause: string }[] = [];
    const query = { resource, namespace, labelSelector: selectorText(spec.selector) };
    for await (const page of listPages<ReplicaSet>(cluster, query, { signal })) {
      for (const { metadata: set } of page) {
        const revision = Number(set.annotations?.[REVISION]);
        const isOwned = set.ownerReferences?.some(({ uid }) => uid === metadata.uid);
        if (isOwned && revision > 0)
          rows.push({ revision, cause: set.annotations?.[CHANGE_CAUSE] || '<none>' });
      }
    }
    rows.sort((a, b) => a.revision - b.revision);
    if (rows.length === 0) return `deployment.apps/${name}\nNo rollout history found.`;
    const cells = rows.map(({ revision, cause }) => [String(revision), cause]);
    const table = alignLines([['REVISION', 'CHANGE-CAUSE'], ...cells]).join('\n');
    return `deployment.apps/${name}\n${table}`;
  }
}
