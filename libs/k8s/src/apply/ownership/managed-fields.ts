import { isDeepStrictEqual } from 'node:util';
import { isRecord, parseJson } from '#base';
import { FIELD_MANAGER, type KubernetesObject } from '#cluster';

/**
 * The field manager of client-side `kubectl apply`, whose fields our server-side apply takes over.
 */
export const KUBECTL_APPLY_MANAGER = 'kubectl-client-side-apply';

/**
 * A set of fields as the API server keeps it (FieldsV1, KEP-555): a tree of `f:name`, `k:{key
 * fields of a list item}`, `v:value` and `i:index`. "." stands for the element itself.
 */
export interface FieldSet {
  [element: string]: FieldSet;
}

/** Which fields one manager has set, by one kind of operation. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  fieldsV1?: FieldSet;
  subresource?: string;
  [field: string]: unknown;
}

/** The elements that lead to a field, outermost first. */
export type FieldPath = readonly string[];

/**
 * Indexes of lists, so that a list of thousands of items is not searched for each of them.
 */
const INDEXES = new WeakMap<readonly unknown[], Map<string, Map<string, unknown>>>();

/** The managedFields of an object; empty if it has none. */
export function managedFieldsOf({ metadata }: KubernetesObject): ManagedFieldsEntry[] {
  return (metadata?.managedFields as ManagedFieldsEntry[] | undefined) ?? [];
}

/** Whether an entry has the fields of our server-side applies. */
export function isOurApply({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return manager === FIELD_MANAGER && operation === 'Apply' && !subresource;
}

/** The fields of all entries together. */
export function unionOf(entries: readonly ManagedFieldsEntry[]): FieldSet {
  return entries.reduce<FieldSet>((union, { fieldsV1 = {} }) => merge(union, fieldsV1), {});
}

/**
 * The fields of `set` of which no part is in `kept`, only the outermost paths. The API server
 * removes these when the manager of `set` no longer sets them and only the managers of `kept` do.
 */
export function lostFields(set: FieldSet, kept: FieldSet, path: FieldPath = []): FieldPath[] {
  return elementsOf(set).flatMap(([element, children]) => {
    const other = kept[element];
    const here = [...path, element];
    const isWhole = isLeaf(children) || '.' in children;
    if (other === undefined && isWhole) return [here];
    return lostFields(children, other ?? {}, here);
  });
}

/**
 * The fields of `set`, but not of `kept`, whose value in `before` is gone or different in `after`.
 * List items are whole paths; everything else goes down to the last name. A field that falls back
 * to the same value by a default of the API server is left out.
 */
export function changedFields(
  set: FieldSet,
  kept: FieldSet,
  before: unknown,
  after: unknown,
  path: FieldPath = [],
): FieldPath[] {
  return elementsOf(set).flatMap(([element, children]) => {
    const [other, then, now] = [kept[element], child(before, element), child(after, element)];
    if (then === undefined) return [];
    const here = [...path, element];
    const isGone = now === undefined && !element.startsWith('f:');
    if (!isGone && elementsOf(children).length > 0) {
      return changedFields(children, other ?? {}, then, now, here);
    }
    return other || isDeepStrictEqual(then, now) ? [] : [here];
  });
}

/** The part of a set of fields that an object has, whatever their values. */
export function presentFields(set: FieldSet, object: unknown): FieldSet {
  return Object.fromEntries(
    elementsOf(set).flatMap(([element, children]) => {
      const value = child(object, element);
      if (value === undefined) return [];
      // An empty set stands for the element itself, also if none of its fields are present.
      return [[element, { '.': {}, ...presentFields(children, value) }]];
    }),
  );
}

/** A set of fields with additional ones. */
export function withFields(set: FieldSet, paths: readonly FieldPath[]): FieldSet {
  return paths.reduce((all, path) => {
    const one = path.reduceRight<FieldSet>((inner, element) => ({ [element]: inner }), {});
    return merge(all, one);
  }, set);
}

/** A set of fields without some of them and everything in these. */
export function withoutFields(set: FieldSet, paths: readonly FieldPath[]): FieldSet {
  return paths.reduce(withoutField, set);
}

/** Whether a set of fields has a field, or a part of it. */
export function hasField(set: FieldSet, path: FieldPath): boolean {
  return path.reduce<FieldSet | undefined>((inner, element) => inner?.[element], set) !== undefined;
}

function withoutField(set: FieldSet, [element = '', ...rest]: FieldPath): FieldSet {
  const inner = set[element];
  if (inner === undefined) return set;
  const { [element]: _, ...others } = set;
  if (rest.length === 0) return others;
  const left = withoutField(inner, rest);
  // An empty set would stand for the element as a whole.
  return isLeaf(left) && !isLeaf(inner) ? others : { ...others, [element]: left };
}

/** Removes fields from an object in place. */
export function removeFields(object: unknown, paths: readonly FieldPath[]): void {
  const items = new Map<unknown[], Set<unknown>>();
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce(child, object);
    const last = path.at(-1) ?? '';
    if (isRecord(parent)) delete parent[last.slice(2)];
    if (!Array.isArray(parent)) continue;
    const removed = items.get(parent) ?? new Set();
    items.set(parent, removed.add(child(parent, last)));
  }
  for (const [list, removed] of items) {
    const kept = list.filter((item) => !removed.has(item));
    list.length = 0;
    for (const item of kept) list.push(item);
    INDEXES.delete(list);
  }
}

/** A path as the API server writes it in its messages: `spec.containers[name="web"].image`. */
export function fieldText(path: FieldPath): string {
  return path.map(elementText).join('').replace(/^\./, '');
}

function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('i:')) return `[${rest}]`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys = parseJson(rest) as Record<string, unknown>;
  const parts = Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `[${parts.join(',')}]`;
}

function child(value: unknown, element: string): unknown {
  const rest = element.slice(2);
  if (element.startsWith('f:')) {
    return isRecord(value) && Object.hasOwn(value, rest) ? value[rest] : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  if (element.startsWith('i:')) return value[Number(rest)];
  const wanted = parseJson(rest);
  // Parsed because the API server may escape characters in another way.
  if (!isRecord(wanted)) return itemsBy(value, []).get(JSON.stringify(wanted));
  const names = Object.keys(wanted);
  return itemsBy(value, names).get(JSON.stringify(names.map((name) => wanted[name])));
}

/**
 * The items of a list by the values of some of their fields or, without fields, by their own value.
 * Of equal items the first.
 */
function itemsBy(list: readonly unknown[], names: readonly string[]): Map<string, unknown> {
  const indexes = INDEXES.get(list) ?? new Map<string, Map<string, unknown>>();
  INDEXES.set(list, indexes);
  const kind = names.join();
  let index = indexes.get(kind);
  if (!index) {
    const keyOf = (item: unknown) =>
      names.length === 0 || !isRecord(item) ? item : names.map((name) => item[name]);
    const entries = list.map((item) => [JSON.stringify(keyOf(item)), item] as const);
    index = new Map(entries.toReversed());
    indexes.set(kind, index);
  }
  return index;
}

function elementsOf(set: FieldSet): [string, FieldSet][] {
  return Object.entries(set).filter(([element]) => element !== '.');
}

function isLeaf(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

function merge(a: FieldSet, b: FieldSet): FieldSet {
  // Both may have thousands of elements, and most often one of them has none.
  if (isLeaf(a)) return b;
  const merged = { ...a };
  for (const [element, children] of Object.entries(b)) {
    merged[element] = merge(merged[element] ?? {}, children);
  }
  return merged;
}
