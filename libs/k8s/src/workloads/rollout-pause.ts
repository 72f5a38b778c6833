import type { KubernetesObject } from '#cluster';
import { ToolError } from '#tools';

/** Kinds whose pods keep the template that they were created from. */
const NEVER_REPLACE = ['ReplicaSet', 'ReplicationController'];

interface RolloutSpec {
  paused?: boolean;
  updateStrategy?: { type?: string };
}

/**
 * Refuses a change that has no effect on a paused deployment.
 * @param verb what the caller asked for
 * @throws ToolError `precondition`, with what to do next
 */
export function refusePaused(target: string, object: KubernetesObject, verb: string): void {
  if (!isPaused(object)) return;
  throw new ToolError(
    'precondition',
    `${target} is paused, so there can be no ${verb}. Resume it first: k8s_patch with {"spec":{"paused":false}}.`,
  );
}

/**
 * Why the pods do not follow a changed pod template, as the end of a sentence; "" if they do.
 */
export function rolloutNote(object: KubernetesObject): string {
  if (isPaused(object)) return '; it is paused, so its pods stay until it is resumed';
  if (NEVER_REPLACE.includes(object.kind ?? ''))
    return '; each of its pods stays until it is deleted';
  return specOf(object).updateStrategy?.type === 'OnDelete'
    ? '; its update strategy is OnDelete, so each pod stays until it is deleted'
    : '';
}

function isPaused(object: KubernetesObject): boolean {
  return object.kind === 'Deployment' && specOf(object).paused === true;
}

function specOf({ spec }: KubernetesObject): RolloutSpec {
  return spec ?? {};
}
