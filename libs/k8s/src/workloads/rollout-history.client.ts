import { Injectable } from '@nestjs/common';
import { readObject, type Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import type { RolloutHistoryDto } from './rollout-history.dto.js';
import { KubectlClient } from '../describe/kubectl.client.js';
import { workloadRef } from './workload-ref.js';
import { revisionsOf, type Revision } from './workload-revisions.js';

/** Reads the revisions of a workload. */
@Injectable()
export class RolloutHistoryClient {
  constructor(private readonly kubectl: KubectlClient) {}

  /** What `kubectl rollout history` prints. */
  async read(cluster: Cluster, query: RolloutHistoryDto, call: ToolCall): Promise<string> {
    const { resource_type, name, namespace, revision = 0 } = query;
    const { signal } = call;
    const ref = await workloadRef(cluster, query, signal);
    const workload = await readObject(cluster, ref, signal);
    if (resource_type === 'deployment' && revision === 0) {
      return historyText(ref.resource.label(name), await revisionsOf(cluster, workload, signal));
    }
    // Pod templates as text, and the controller revisions of the other kinds, are logic of
    // kubectl's own.
    const args = ['rollout', 'history', `--namespace=${namespace}`, `--revision=${revision}`];
    return this.kubectl.run(
      cluster,
      [...args, '--', `${ref.resource.groupResource}/${name}`],
      call,
    );
  }
}

function historyText(target: string, revisions: readonly Revision[]): string {
  if (revisions.length === 0) return `${target}\nNo rollout history found.`;
  const lines = revisions.map(
    ({ revision, cause }) => `${String(revision).padEnd(10)}${cause || '<none>'}`,
  );
  return [target, 'REVISION  CHANGE-CAUSE', ...lines].join('\n');
}
