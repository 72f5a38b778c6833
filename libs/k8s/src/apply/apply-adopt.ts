import {
  apiStatusOf,
  ifFound,
  objectSchema,
  patchObject,
  readObject,
  type Cluster,
  type KubernetesObject,
} from '#cluster';
import type { ToolError } from '#tools';
import type { ApplyOptions } from './apply-attempt.js';
import { conflictsBetween, refuseConflicts, refuseObstacles } from './ownership/field-conflicts.js';
import { mergeApplied, withKeys } from './apply-merge.js';
import { obstacles } from './apply-obstacles.js';
import type { ApplyItem } from './apply-plan.js';
import {
  changedFields,
  hasField,
  isOurApply,
  lostFields,
  managedFieldsOf,
  presentFields,
  removeFields,
  unionOf,
  type FieldPath,
  type FieldSet,
  type ManagedFieldsEntry,
} from './ownership/managed-fields.js';
import { claimedManagedFields, upgradedManagedFields } from './ownership/managed-fields-upgrade.js';

/** Most values of object and manifest together: merging them blocks the event loop. */
const MAX_VALUES = 20_000;

/** What an apply does after this server has taken over the fields that are in its way. */
export interface Adoption {
  before: KubernetesObject;
  after: KubernetesObject;
  version: string;
  /** The managedFields that the object must have first. */
  upgraded: ManagedFieldsEntry[];
  removed: FieldPath[];
  /** Those of `removed` that somebody has set. The rest are defaults of the API server. */
  dropped: FieldPath[];
}

/** An object merged with a manifest, and the fields to remove from it. */
interface Draft {
  before: KubernetesObject;
  merged: KubernetesObject;
  lost: readonly FieldPath[];
  upgraded: ManagedFieldsEntry[];
}

/**
 * Checks an apply that the API server refuses because of fields that the manifest leaves out, such
 * as a port of the same name or the other member of a union. Removes what client-side `kubectl
 * apply` has set, what the API server has filled in and, by force, what others have set and is in
 * the way. Merges object and manifest here and has the API server check the result. Changes
 * nothing.
 * @param refused why the API server refuses the merged object
 * @throws ToolError `refused`, or the API server's refusal of the result; `conflict` with the
 * managers that are not ours
 */
export async function adopt(
  cluster: Cluster,
  item: ApplyItem,
  manifest: KubernetesObject,
  refused: ToolError,
  options: ApplyOptions,
): Promise<Adoption> {
  const before = await ifFound(readObject(cluster, item, options.signal));
  const schema = before && (await objectSchema(cluster, item.resource, options.signal));
  if (!schema) throw refused;
  if (!isWithin(MAX_VALUES, [before, manifest])) throw tooLarge(refused);
  const wanted = withKeys(schema, manifest) as KubernetesObject;
  const merged = mergeApplied(schema, before, wanted) as KubernetesObject;
  const finish = (draft: Draft) => finished(cluster, item, wanted, draft, options);
  const own = upgradedManagedFields(before);
  const entries = own ?? managedFieldsOf(before);
  const first = draftOf(before, wanted, merged, entries);
  let why = refused;
  if (own && first.lost.length > 0) {
    try {
      return await finish(first);
    } catch (error) {
      if (!isInvalid(error)) throw error;
      why = error;
    }
  }
  const left = own ? without(merged, first.lost) : merged;
  const claims = obstacles(why, schema, left, wanted);
  if (claims.length === 0) throw why;
  if (!options.force) refuseObstacles(why, claims, entries);
  const upgraded = claimedManagedFields(entries, item.resource.apiVersion, claims);
  return finish(draftOf(before, wanted, merged, upgraded));
}

/**
 * The object that the API server would make without some fields, with defaults in their place.
 * Changes nothing.
 */
export function dryRunWithout(
  cluster: Cluster,
  item: ApplyItem,
  { before, merged, lost, upgraded }: Draft,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const { apiVersion: _, kind: __, status, ...fields } = without(merged, lost);
  const metadata = {
    ...fields.metadata,
    managedFields: upgraded,
    resourceVersion: before.metadata?.['resourceVersion'],
  };
  const isWithStatus = status !== undefined && !item.resource.subresources.includes('status');
  const wanted = { ...fields, metadata, ...(isWithStatus && { status }) };
  const patch = Object.entries(wanted).map(([name, value]) => ({
    op: 'add',
    path: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    value,
  }));
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(merged, name));
  const removals = gone.map((name) => ({ op: 'remove', path: `/${name}` }));
  return patchObject(cluster, item, 'json', [...patch, ...removals], { dryRun: true, signal });
}

function tooLarge(refused: ToolError): ToolError {
  const why = `With more than ${MAX_VALUES} values it is too large for this server to take its fields over.`;
  const hint = 'Apply it with kubectl, or delete it first.';
  return refused.with({ message: `${refused.message} ${why} ${hint}` });
}

/** Whether `data` has at most `most` values in all, including those in lists and maps. */
function isWithin(most: number, data: readonly unknown[]): boolean {
  const rest = [...data];
  for (let count = 0; rest.length > 0; count++) {
    if (count + rest.length > most) return false;
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const item of Object.values(value)) rest.push(item);
  }
  return true;
}

function draftOf(
  before: KubernetesObject,
  wanted: KubernetesObject,
  merged: KubernetesObject,
  upgraded: ManagedFieldsEntry[],
): Draft {
  const { set, kept } = claimsOf(upgraded, wanted);
  return { before, merged, lost: lostFields(set, kept), upgraded };
}

async function finished(
  cluster: Cluster,
  item: ApplyItem,
  wanted: KubernetesObject,
  draft: Draft,
  { force, signal }: ApplyOptions,
): Promise<Adoption> {
  const { before, upgraded } = draft;
  const after = await dryRunWithout(cluster, item, draft, signal);
  if (!force) refuseConflicts(conflictsBetween(before, after));
  const { set, kept } = claimsOf(upgraded, wanted);
  const removed = changedFields(set, kept, before, after);
  const owned = unionOf(managedFieldsOf(before));
  return {
    before,
    after,
    version: before.metadata?.['resourceVersion'] as string,
    upgraded,
    removed,
    dropped: removed.filter((path) => hasField(owned, path)),
  };
}

/** The fields that our applies have set, and those that the manifest or others still set. */
function claimsOf(
  entries: readonly ManagedFieldsEntry[],
  wanted: KubernetesObject,
): { set: FieldSet; kept: FieldSet } {
  const set = unionOf(entries.filter(isOurApply));
  const others = entries.filter((entry) => !isOurApply(entry));
  return { set, kept: unionOf([...others, { fieldsV1: presentFields(set, wanted) }]) };
}

function without(object: KubernetesObject, fields: readonly FieldPath[]): KubernetesObject {
  const left = structuredClone(object);
  removeFields(left, fields);
  return left;
}

function isInvalid(error: unknown): error is ToolError {
  return apiStatusOf(error)?.reason === 'Invalid';
}
