import { isRecord } from '#base';

/** Fields that identify the items of a list, the most common first. */
const ITEM_KEYS = ['name', 'mountPath', 'containerPort', 'port', 'key', 'path', 'host', 'ip'];

type Fields = Record<string, unknown>;

/**
 * The fields of a live object that its manifests name, without what the API server and the
 * controllers have filled in. A number that was written as text, or the reverse, stays as in the
 * manifest.
 * @param shapes the manifests, the decisive one first; it sets the order of items
 */
export function projection(live: unknown, shapes: readonly unknown[]): unknown {
  if (Array.isArray(live)) return projectedItems(live, shapes.filter(Array.isArray));
  if (!isRecord(live)) return asWritten(live, shapes);
  const fields = shapes.filter(isRecord);
  const keys = Object.keys(live).filter((key) => fields.some((shape) => key in shape));
  const entries = keys.map((key) => [
    key,
    projection(
      live[key],
      fields.flatMap((shape) => (key in shape ? [shape[key]] : [])),
    ),
  ]);
  return Object.fromEntries(entries) as Fields;
}

/**
 * A manifest without the empty fields that the live object does not have: the API server drops
 * them.
 */
export function withoutUnset(wanted: unknown, live: unknown): unknown {
  if (Array.isArray(wanted) && Array.isArray(live)) {
    const key = itemKey([wanted, live]);
    return wanted.map((item: unknown, index) =>
      withoutUnset(item, matching(live, item, key) ?? live[index]),
    );
  }
  if (!isRecord(wanted) || !isRecord(live)) return wanted;
  const entries = Object.entries(wanted)
    .filter(([key, value]) => key in live || !isEmpty(value))
    .map(([key, value]) => [key, withoutUnset(value, live[key])]);
  return Object.fromEntries(entries) as Fields;
}

function projectedItems(live: readonly unknown[], shapes: readonly unknown[][]): unknown[] {
  const key = itemKey([live, ...shapes]);
  if (key === undefined) {
    const isSameLength = shapes.some((shape) => shape.length === live.length);
    if (!isSameLength) return [...live];
    return live.map((item, index) =>
      projection(
        item,
        shapes.flatMap((shape) => (index < shape.length ? [shape[index]] : [])),
      ),
    );
  }
  const seen = new Set<unknown>();
  return shapes.flat().flatMap((item) => {
    const found = matching(live, item, key);
    if (found === undefined || seen.has(found)) return [];
    seen.add(found);
    const others = shapes.map((shape) => matching(shape, item, key));
    return [
      projection(
        found,
        others.filter((other) => other !== undefined),
      ),
    ];
  });
}

/** The field that identifies all items of some lists, if there is one. */
function itemKey(lists: readonly (readonly unknown[])[]): string | undefined {
  return ITEM_KEYS.find((key) =>
    lists.every((list) => {
      const values = list.map((item) => (isRecord(item) ? item[key] : undefined));
      return !values.includes(undefined) && new Set(values).size === values.length;
    }),
  );
}

function matching(list: readonly unknown[], item: unknown, key: string | undefined): unknown {
  if (key === undefined || !isRecord(item)) return undefined;
  return list.find((other) => isRecord(other) && other[key] === item[key]);
}

function asWritten(live: unknown, shapes: readonly unknown[]): unknown {
  return shapes.find((shape) => !isEmpty(shape) && String(shape) === String(live)) ?? live;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
