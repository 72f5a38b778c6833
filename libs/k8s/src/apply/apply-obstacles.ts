import { isRecord } from '#base';
import { apiStatusOf, type ObjectSchema } from '#cluster';
import { isDeepStrictEqual } from 'node:util';
import { itemKey } from './apply-merge.js';
import type { FieldPath } from './ownership/managed-fields.js';

/** A place in the merged object and, if it has it, in the manifest. */
interface Place {
  path: FieldPath;
  schema: ObjectSchema;
  merged: unknown;
  wanted: unknown;
}

/** A field or an index in a path of the API server: `spec.ports[1].name`. */
const SEGMENT = /([^.[\]]+)|\[([^\]]*)\]/g;

/**
 * The fields of an object because of which the API server refuses a manifest: the other member of a
 * union (`emptyDir` beside `configMap`), or a list item with a value that must be unique. None of
 * them is in the manifest.
 * @param refused the API server's refusal of the merged object
 * @param merged the object merged with the manifest
 * @param wanted the manifest, as returned by `withKeys`
 */
export function obstacles(
  refused: unknown,
  schema: ObjectSchema,
  merged: unknown,
  wanted: unknown,
): FieldPath[] {
  const causes = apiStatusOf(refused)?.details?.causes ?? [];
  const found = causes.flatMap(({ field = '', reason }) => {
    const trail = trailOf({ path: [], schema, merged, wanted }, field);
    return reason === 'FieldValueDuplicate' ? doubles(trail) : leftovers(trail);
  });
  const byText = new Map(found.map((path) => [JSON.stringify(path), path]));
  return [...byText.values()];
}

/** The places on the path to a field, from the object itself to the last one that exists. */
function trailOf(start: Place, field: string): Place[] {
  const trail = [start];
  for (const [, name, index] of field.matchAll(SEGMENT)) {
    const next =
      name === undefined ? itemAt(trail.at(-1)!, Number(index)) : fieldAt(trail.at(-1)!, name);
    if (!next) break;
    trail.push(next);
  }
  return trail;
}

function fieldAt({ path, schema, merged, wanted }: Place, name: string): Place | undefined {
  if (!isRecord(merged) || !Object.hasOwn(merged, name) || schema.isAtomicMap) return undefined;
  return {
    path: [...path, `f:${name}`],
    schema: schema.field(name),
    merged: merged[name],
    wanted: isRecord(wanted) ? wanted[name] : undefined,
  };
}

function itemAt({ path, schema, merged, wanted }: Place, index: number): Place | undefined {
  const keyOf = itemKey(schema);
  if (!Array.isArray(merged) || !(index in merged) || !keyOf) return undefined;
  const item: unknown = merged[index];
  const key = keyOf(item);
  return {
    path: [...path, elementOf(schema, item)],
    schema: schema.item,
    merged: item,
    wanted: Array.isArray(wanted) ? wanted.find((it) => keyOf(it) === key) : undefined,
  };
}

/** The name of a list item in managedFields. */
function elementOf({ listKeys }: ObjectSchema, item: unknown): string {
  if (!listKeys) return `v:${JSON.stringify(item)}`;
  const keys = listKeys.toSorted().map((key) => [key, isRecord(item) ? item[key] : undefined]);
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

/**
 * The other items of the last list on the path that have the same value and are not in the
 * manifest.
 */
function doubles(trail: readonly Place[]): FieldPath[] {
  const at = trail.findLastIndex(({ merged }) => Array.isArray(merged));
  const [list, item] = [trail[at], trail[at + 1]];
  if (!list || !item || !Array.isArray(list.merged)) return [];
  const below = trail.slice(at + 2).map(({ path }) => path.at(-1)!.slice(2));
  const valueOf = (value: unknown) =>
    below.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);
  return list.merged.flatMap((_, index) => {
    const other = itemAt(list, index);
    const isDouble = other && isDeepStrictEqual(valueOf(other.merged), valueOf(item.merged));
    return isDouble && other.wanted === undefined ? [other.path] : [];
  });
}

/**
 * The outermost place on the path that the manifest does not have; otherwise the fields beside the
 * manifest's own ones at its end.
 */
function leftovers(trail: readonly Place[]): FieldPath[] {
  const foreign = trail.find(({ wanted }) => wanted === undefined);
  if (foreign) return [foreign.path];
  const ends = trail.slice(-2).toReversed();
  return ends.map(foreignFields).find((paths) => paths.length > 0) ?? [];
}

/**
 * The fields at a place that the manifest does not have there: those that are maps, like most
 * members of unions, otherwise all.
 */
function foreignFields(place: Place): FieldPath[] {
  const { merged, wanted } = place;
  if (!isRecord(merged) || !isRecord(wanted)) return [];
  const others = Object.keys(merged).filter((name) => !Object.hasOwn(wanted, name));
  const maps = others.filter((name) => isRecord(merged[name]));
  return (maps.length > 0 ? maps : others).flatMap((name) =>
    fieldAt(place, name)?.path ? [fieldAt(place, name)!.path] : [],
  );
}
