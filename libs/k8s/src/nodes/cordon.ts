import {
  changeObject,
  findObject,
  patchObject,
  type Cluster,
  type KubernetesObject,
} from '#cluster';
import type { ToolCall } from '#tools';

/**
 * Makes a node unschedulable, or schedulable again.
 * @throws ToolError `not_found` with the nearest names
 */
export async function setUnschedulable(
  cluster: Cluster,
  name: string,
  unschedulable: boolean,
  call: ToolCall,
): Promise<string> {
  const ref = { resource: await cluster.discovery.resolve('nodes', call.signal), name };
  const state = unschedulable ? 'cordoned' : 'uncordoned';
  const patch = { spec: { unschedulable: unschedulable || null } };
  return changeObject(
    cluster,
    ref,
    call,
    (before) =>
      isUnschedulable(before) === unschedulable
        ? `node/${name} already ${state}`
        : {
            write: (options) => patchObject(cluster, ref, 'strategic', patch, options),
            summary: () => `node/${name} ${state}`,
          },
    () => findObject(cluster, ref, 'List them with k8s_get nodes.', call.signal),
  );
}

function isUnschedulable({ spec }: KubernetesObject): boolean {
  return (spec as { unschedulable?: boolean } | undefined)?.unschedulable === true;
}
