import { findObject, type Cluster, type ObjectRef } from '#cluster';
import { ROLLOUTS } from './resource-types.js';
import type { Rollout } from './rollout.js';

/** The reference of a rollout, to read and write it. */
export async function rolloutRef(
  cluster: Cluster,
  { name, namespace }: { name: string; namespace: string },
  signal: AbortSignal,
): Promise<ObjectRef> {
  return { resource: await cluster.discovery.resolve(ROLLOUTS, signal), namespace, name };
}

/** Reads a rollout. @throws ToolError `not_found` with the nearest names */
export async function readRollout(
  cluster: Cluster,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<Rollout> {
  const hint = 'List them with argo_list_rollouts.';
  return (await findObject(cluster, ref, hint, signal)) as Rollout;
}
