import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '#base';
import {
  apiStatusOf,
  changeText,
  isDryRun,
  patchObject,
  readDocuments,
  readObject,
  type Cluster,
  type KubernetesObject,
  type ObjectRef,
  type ObjectSchema,
} from '#cluster';
import { type ToolCall, ToolError, type ToolResult } from '#tools';
import type { PatchDto } from './patch.dto.js';
import type { RolloutWaits } from '../../workloads/rollout-waits.js';
import { refuseRevealing } from './patch-secret.js';
import { failedTests } from './patch-tests.js';
import { operationFaults, typeFaults, withTypeFaults } from '../type-faults.js';

/**
 * Changes single fields of an object.
 * @returns `deployment.apps/web patched` or `unchanged`, with the hunks of the change
 * @throws ToolError `invalid_input` for a broken patch or one that the API server refuses,
 * `precondition` if a test of a JSON patch fails, and as `patchObject`
 */
export async function patchFields(
  cluster: Cluster,
  dto: PatchDto,
  call: ToolCall,
  waits: RolloutWaits,
): Promise<ToolResult> {
  const { signal } = call;
  const patch = await readPatch(dto, signal);
  const resource = await cluster.discovery.resolve(dto.resource_type, signal);
  if (resource.kind === 'Secret') refuseRevealing(patch);
  const target = { resource, namespace: dto.namespace, name: dto.name };
  return waits.changeAndWait(cluster, call, [target], () =>
    patchTarget(cluster, target, dto, patch, call),
  );
}

async function patchTarget(
  cluster: Cluster,
  target: ObjectRef,
  dto: PatchDto,
  patch: unknown,
  call: ToolCall,
): Promise<ToolResult> {
  const { resource } = target;
  const { signal } = call;
  const before = await readObject(cluster, target, signal);
  const dryRun = isDryRun(call);
  const after = await send(cluster, target, dto, patch, before, { dryRun, signal });
  if (resource.groupResource === 'customresourcedefinitions.apiextensions.k8s.io' && !dryRun) {
    cluster.discovery.invalidate();
  }
  const state = isSame(before, after) ? 'unchanged' : 'patched';
  const label = resource.label(dto.name);
  return {
    output: changeText(`${label} ${state}`, { before, after }, call),
    data: { object: label, result: state, dry_run: dryRun },
  };
}

async function send(
  cluster: Cluster,
  target: ObjectRef,
  { patch_type }: PatchDto,
  patch: unknown,
  before: KubernetesObject,
  options: { dryRun: boolean; signal: AbortSignal },
): Promise<KubernetesObject> {
  try {
    return await patchObject(cluster, target, patch_type, patch, options);
  } catch (failure) {
    if (!(failure instanceof ToolError) || failure.code !== 'invalid_input') throw failure;
    if (failure.isOutcomeUnknown) throw failure;
    const faultsOf = (schema: ObjectSchema) =>
      patch_type === 'json' ? operationFaults(schema, patch) : typeFaults(schema, patch);
    const { resource } = target;
    const error = await withTypeFaults(failure, cluster, resource, faultsOf, options.signal);
    const label = target.resource.label(target.name);
    if (patch_type === 'json') throw refusedOperations(label, error, patch, before);
    // The API server merges by key only where it has a Go type, so not in custom resources (415).
    const isCustom = apiStatusOf(error)?.code === 415;
    const message = isCustom
      ? `${label} cannot take a strategic patch, because it is a custom resource. Use patch_type "merge".`
      : `${label}: ${error.message}. Nothing was changed.`;
    const field = isCustom ? 'patch_type' : 'patch';
    throw error.with({ message, errors: [{ field, message }] });
  }
}

async function readPatch(
  { patch: text, patch_type }: PatchDto,
  signal: AbortSignal,
): Promise<unknown> {
  const documents = await readDocuments('patch', text, signal);
  const [patch] = documents;
  const isList = patch_type === 'json';
  const isRight = isList ? Array.isArray(patch?.value) : isRecord(patch?.value);
  if (patch && isRight && documents.length === 1) return patch.value;
  const wanted = isList
    ? 'one list of operations, such as [{"op":"remove","path":"/metadata/labels/tier"}]'
    : `one object with the fields to change${Array.isArray(patch?.value) ? ', or patch_type "json" for a list of operations' : ''}`;
  const message = `must be ${wanted}`;
  throw new ToolError('invalid_input', `"patch" ${message}. Nothing was changed.`, {
    errors: [{ field: 'patch', message, accepts: wanted }],
  });
}

/** Says what is wrong with the operations, because the API server does not. */
function refusedOperations(
  label: string,
  error: ToolError,
  patch: unknown,
  before: KubernetesObject,
): ToolError {
  const { message: said } = error;
  const failed = failedTests(patch, before);
  if (failed.length > 0) {
    const message = `${label} is not as the patch expects: the test of ${failed.join(', ')} failed. Nothing was changed. Look at it with k8s_get.`;
    return error.with({ code: 'precondition', message });
  }
  const hint = said.includes('due to an error in our request')
    ? 'the API server refused the operations. Each needs "op" (add, remove, replace, move, copy, test) and a "path" such as /spec/replicas; remove and replace need a path that is there'
    : said;
  const message = `${label}: ${hint}. Nothing was changed.`;
  return error.with({ message, errors: [{ field: 'patch', message }] });
}

function isSame(before: KubernetesObject, after: KubernetesObject): boolean {
  return isDeepStrictEqual(withoutOwners(before), withoutOwners(after));
}

/** Without the fields that a dry run changes even if nothing else changes. */
function withoutOwners({ metadata, ...rest }: KubernetesObject): object {
  const { managedFields: _, resourceVersion: __, ...kept } = metadata ?? {};
  return { ...rest, metadata: kept };
}
