import { isRecord } from '#base';
import type { ObjectSchema } from '#cluster';

/**
 * A manifest whose list items have all of their key fields. Missing ones get the schema's default,
 * as in the API server.
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
 * Merges an object and a manifest as a server-side apply does before it removes anything
 * (structured-merge-diff), by the schema's rules for each map and list.
 * @param live the present object, which is not changed
 * @param wanted the manifest, as returned by `withKeys`
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

/** A function that returns the key of a list's item as text; undefined for an atomic list. */
export function itemKey(schema: ObjectSchema): ((item: unknown) => string) | undefined {
  const { listKeys, isSet } = schema;
  if (isSet) return (item) => JSON.stringify(item);
  if (!listKeys) return undefined;
  return (item) => JSON.stringify(listKeys.map((key) => (isRecord(item) ? item[key] : undefined)));
}

/**
 * The items of both lists, in the order of the manifest. Items that only the live list has keep
 * their position.
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
