import {
  groupVersionOf,
  readObject,
  type Cluster,
  type KubernetesObject,
  type ObjectRef,
} from '#cluster';
import { ToolError } from '#tools';
import { isObserved } from './rollout-phase.js';
import type { PodTemplate, Rollout } from './rollout.js';

/**
 * The object that holds the pod template of a rollout: the rollout itself, or the workload that it
 * refers to.
 */
export interface TemplateOwner {
  ref: ObjectRef;
  object: KubernetesObject;
}

/**
 * Reads the object whose pod template a rollout runs.
 * @throws ToolError `precondition` when the workload that the rollout refers to is not there
 */
export async function templateOwner(
  cluster: Cluster,
  ref: ObjectRef,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<TemplateOwner> {
  const { workloadRef } = rollout.spec;
  if (!workloadRef) return { ref, object: rollout };
  const workload = await workloadRefOf(cluster, rollout, signal);
  try {
    return { ref: workload, object: await readObject(cluster, workload, signal) };
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'not_found') throw error;
    throw new ToolError(
      'precondition',
      `${ref.resource.label(ref.name)} takes its pods from ${workload.resource.label(workload.name)}, which does not exist. Create it, or change spec.workloadRef with k8s_patch.`,
      { cause: error },
    );
  }
}

/** The pod template of an object: at the top level of a PodTemplate, in the spec of all others. */
export function podTemplateOf({ kind, template, spec }: KubernetesObject): PodTemplate | undefined {
  if (kind === 'PodTemplate') return template as PodTemplate | undefined;
  return (spec as { template?: PodTemplate } | undefined)?.template;
}

/**
 * Names the workload whose pod template was changed, as part of a sentence; "" for the rollout's
 * own.
 */
export function throughText({ spec }: Rollout, { resource, name }: ObjectRef): string {
  return spec.workloadRef ? ` by ${resource.label(name)}` : '';
}

/**
 * What keeps a changed pod template from reaching the pods, as the end of a sentence; "" if nothing
 * does.
 */
export function pauseNote({ spec }: Rollout): string {
  return spec.paused ? '; it is paused by hand, so it stays until resumed' : '';
}

/**
 * Whether the controller has observed the current spec of a rollout and of the workload that it
 * refers to.
 */
export async function isTakenUp(
  cluster: Cluster,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isObserved(rollout)) return false;
  const observed = rollout.status?.workloadObservedGeneration;
  if (!rollout.spec.workloadRef || !observed) return true;
  const ref = await workloadRefOf(cluster, rollout, signal);
  const { metadata } = await readObject(cluster, ref, signal);
  // A PodTemplate has none.
  const generation = metadata?.generation as number | undefined;
  return generation === undefined || String(generation) === observed;
}

async function workloadRefOf(
  cluster: Cluster,
  { metadata: { namespace }, spec }: Rollout,
  signal: AbortSignal,
): Promise<ObjectRef> {
  const { apiVersion = 'apps/v1', kind = 'Deployment', name = '' } = spec.workloadRef ?? {};
  const isCore = groupVersionOf(apiVersion).group === '';
  const resource = isCore
    ? await cluster.discovery.resolve(kind, signal)
    : await cluster.discovery.resolveKind(apiVersion, kind, signal);
  return { resource, namespace, name };
}
