import { isRecord } from '#base';
import type { ObjectSchema } from '#cluster';

/**
 * A manifest whose list items have all of their key fields: those left out get the schema's
 * default, as the API server gives them.
 */
export function withKeys(schema: ObjectSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { item: itemSchema, listKeys = [] } = schema;
    const defaults = listKeys.map((key) => [key, itemSchema.field(key).default] as const);
    const missing = Object.fromEntries(defaults.filter(([, given]) => given !== undefined));
    return value.map((item: unknown) =>
      isRecord(item) ? { ...missing, ...mapFields(itemSchema, item) } : item,
    );
  }
  return isRecord(value) ? mapFields(schema, value) : value;
}

function mapFields(schema: ObjectSchema, fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, withKeys(schema.field(name), value)]),
  );
}

/**
 * What a server-side apply makes of an object before it removes anything: structured-merge-diff's
 * merge, as the schema says of each map and list.
 * @param live the object as it is; not changed
 * @param wanted the manifest, as `withKeys` gives it
 */
export function mergeApplied(schema: ObjectSchema, live: unknown, wanted: unknown): unknown {
  if (isRecord(live) && isRecord(wanted) && !schema.isAtomicMap) {
    const merged = { ...live };
    for (const [name, value] of Object.entries(wanted)) {
      merged[name] = mergeApplied(schema.field(name), live[name], value);
    }
    return merged;
  }
  if (Array.isArray(live) && Array.isArray(wanted)) {
    const keyOf = itemKey(schema);
    if (keyOf) return mergeItems(schema.item, live, wanted, keyOf);
  }
  return wanted;
}

/** What a list's items are told apart by, as one text; undefined for a list that is one value. */
export function itemKey(schema: ObjectSchema): ((item: unknown) => string) | undefined {
  const { listKeys, isSet } = schema;
  if (isSet) return (item) => JSON.stringify(item);
  if (!listKeys) return undefined;
  return (item) => JSON.stringify(listKeys.map((key) => (isRecord(item) ? item[key] : undefined)));
}

/**
 * The items of both lists: in the manifest's order, with those of the live list that it lacks where
 * they stand.
 */
function mergeItems(
  schema: ObjectSchema,
  live: readonly unknown[],
  wanted: readonly unknown[],
  keyOf: (item: unknown) => string,
): unknown[] {
  const liveByKey = new Map(live.map((item) => [keyOf(item), item]));
  const wantedKeys = new Set(wanted.map(keyOf));
  const merged: unknown[] = [];
  let next = 0;
  const takeOthers = (): void => {
    for (; next < live.length && !wantedKeys.has(keyOf(live[next])); next++) {
      merged.push(live[next]);
    }
  };
  for (const item of wanted) {
    takeOthers();
    const key = keyOf(item);
    merged.push(mergeApplied(schema, liveByKey.get(key), item));
    if (next < live.length && liveByKey.has(key)) next++;
  }
  for (const item of live.slice(next)) if (!wantedKeys.has(keyOf(item))) merged.push(item);
  return merged;
}
