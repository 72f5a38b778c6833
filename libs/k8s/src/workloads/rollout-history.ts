import { readObject, type Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import type { KubectlService } from '../kubectl/kubectl.service.js';
import type { RolloutHistoryDto } from './rollout-history.dto.js';
import { workloadRef } from './workload-ref.js';
import { revisionsOf, type Revision } from './workload-revisions.js';

/** The revisions of a workload, as `kubectl rollout history` prints them. */
export async function rolloutHistory(
  kubectl: KubectlService,
  cluster: Cluster,
  query: RolloutHistoryDto,
  call: ToolCall,
): Promise<string> {
  const { resource_type, name, namespace, revision = 0 } = query;
  const { signal } = call;
  const ref = await workloadRef(cluster, query, signal);
  const workload = await readObject(cluster, ref, signal);
  if (resource_type === 'deployment' && revision === 0) {
    return historyText(ref.resource.label(name), await revisionsOf(cluster, workload, signal));
  }
  // kubectl has its own logic for pod templates as text and for the revisions of other kinds.
  const args = ['rollout', 'history', `--namespace=${namespace}`, `--revision=${revision}`];
  return kubectl.run(cluster, [...args, '--', `${ref.resource.groupResource}/${name}`], call);
}

function historyText(target: string, revisions: readonly Revision[]): string {
  if (revisions.length === 0) return `${target}\nNo rollout history found.`;
  const lines = revisions.map(
    ({ revision, cause }) => `${String(revision).padEnd(10)}${cause || '<none>'}`,
  );
  return [target, 'REVISION  CHANGE-CAUSE', ...lines].join('\n');
}
