import {
  apiStatusOf,
  changedFields,
  claimedManagedFields,
  hasField,
  ifFound,
  isOurApply,
  lostFields,
  managedFieldsOf,
  objectSchema,
  patchObject,
  presentFields,
  readObject,
  removeFields,
  unionOf,
  upgradedManagedFields,
  type Cluster,
  type FieldPath,
  type FieldSet,
  type KubernetesObject,
  type ManagedFieldsEntry,
} from '#cluster';
import type { ToolError } from '#tools';
import type { ApplyOptions } from './apply-attempt.js';
import { conflictsBetween, refuseConflicts, refuseObstacles } from './apply-conflicts.js';
import { mergeApplied, withKeys } from './apply-merge.js';
import { obstacles } from './apply-obstacles.js';
import type { ApplyItem } from './apply-plan.js';

/** Values of the object and the manifest that are merged here, as that takes the event loop. */
const MOST_VALUES = 20_000;

/** What an apply does once fields that stand in its way are ours to remove. */
export interface Adoption {
  before: KubernetesObject;
  after: KubernetesObject;
  version: string;
  /** The managedFields that the object has to get before. */
  upgraded: ManagedFieldsEntry[];
  removed: FieldPath[];
  /** Of these, what somebody has set. The rest are the API server's own defaults. */
  dropped: FieldPath[];
}

/** An object and a manifest merged, of which some is to be removed. */
interface Draft {
  before: KubernetesObject;
  merged: KubernetesObject;
  lost: readonly FieldPath[];
  upgraded: ManagedFieldsEntry[];
}

/**
 * The check of an apply that the API server refuses as long as what the manifest leaves out stays:
 * a port of the same name, the other member of a union. What client-side `kubectl apply` had set is
 * ours to remove, then, what the API server itself had filled in, and, by force, what others have
 * set and what is in the way. Works the merge out here, and lets the API server check its result;
 * nothing is changed.
 * @param refused why it refuses the merged object
 * @throws ToolError `refused`, or what the API server says to the result; `conflict` with the
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
  if (!isWithin(MOST_VALUES, [before, manifest])) throw tooLarge(refused);
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
 * The object as the API server would make it without some fields: with its defaults in their place.
 * Nothing is changed.
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
  const why = `With more than ${MOST_VALUES} values it is too large for this server to take its fields over.`;
  const wayOn = 'Apply it with kubectl, or delete it first.';
  return refused.with({ message: `${refused.message} ${why} ${wayOn}` });
}

/** Whether some data have at most so many values in all, those of lists and maps included. */
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

/** What our applies have set of an object, and what of that the manifest and others still set. */
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
