import type { Cluster, ObjectRef, WorkloadKind } from '#cluster';

/** The reference by which a workload is read and written. */
export async function workloadRef(
  cluster: Cluster,
  {
    resource_type,
    name,
    namespace,
  }: { resource_type: WorkloadKind; name: string; namespace: string },
  signal: AbortSignal,
): Promise<ObjectRef> {
  const resource = await cluster.discovery.resolve(`${resource_type}s.apps`, signal);
  return { resource, namespace, name };
}
