import type { Cluster } from '../cluster.js';
import { FIELD_MANAGER } from './field-manager.js';
import { patchBody } from './patch-body.js';
import type { KubernetesObject } from '../secrets/redact.js';
import { withFateOfChange } from './lost-answer.js';
import type { ObjectRef } from './object-ref.js';
import { noteSent } from '../secrets/read-secrets.js';
import { writeError } from './write-error.js';

const CONTENT_TYPES = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

export type PatchType = keyof typeof CONTENT_TYPES;

/** An object before and after a write; undefined where it was, or is, not there. */
export interface Change {
  before: KubernetesObject | undefined;
  after: KubernetesObject | undefined;
  /** The manifest of an object that is created. */
  sent?: KubernetesObject | undefined;
}

export interface WriteOptions {
  /** Lets the API server work everything out and store nothing. */
  dryRun: boolean;
  signal: AbortSignal;
  subresource?: string;
  /** For `apply`: takes over fields that others manage. */
  force?: boolean;
}

/** Reads an object, whole. @throws ToolError `not_found`, and as `Cluster.request` */
export function readObject(
  cluster: Cluster,
  { resource, namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  return cluster.request(resource.path(namespace, name), { signal });
}

/**
 * Patches an object, with strict field validation (unknown and doubled fields are refused).
 * @returns the object as it is then, or would be
 * @throws ToolError `conflict`, `invalid_input`, and as `Cluster.request`; one whose outcome is
 * unknown is never tried again, and says what a look at the object tells
 */
export async function patchObject(
  cluster: Cluster,
  { resource, namespace, name }: ObjectRef,
  type: PatchType,
  patch: unknown,
  { dryRun, signal, subresource, force }: WriteOptions,
): Promise<KubernetesObject> {
  const path = resource.path(namespace, name, subresource);
  await noteSent(path, patch);
  const body = patchBody(type, patch);
  const sentAt = Date.now();
  try {
    return await cluster.request(path, {
      method: 'PATCH',
      contentType: CONTENT_TYPES[type],
      body,
      query: {
        fieldManager: FIELD_MANAGER,
        fieldValidation: 'Strict',
        force,
        dryRun: dryRun ? 'All' : undefined,
      },
      signal,
    });
  } catch (error) {
    const failure = writeError(error);
    // Whoever has given up does not wait for a look, and the change may still be under way.
    if (signal.aborted) throw failure;
    const ref = { resource, namespace, name };
    throw await withFateOfChange(cluster, ref, failure, { sentAt, patch, subresource });
  }
}
