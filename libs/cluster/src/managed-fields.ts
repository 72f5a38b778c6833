import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '#tools';
import type { KubernetesObject } from './redact.js';
import { FIELD_MANAGER } from './field-manager.js';

/** The field manager of client-side `kubectl apply`, whose fields our server-side apply takes over. */
export const KUBECTL_APPLY_MANAGER = 'kubectl-client-side-apply';

/**
 * A set of fields as the API server keeps it (FieldsV1, KEP-555): a tree of `f:name`, `k:{key fields of a list item}`, `v:value` and
 * `i:index`. "." stands for the element itself.
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

/** Who has set what of an object; nobody where it has no managedFields. */
export function managedFieldsOf({ metadata }: KubernetesObject): ManagedFieldsEntry[] {
  return (metadata?.managedFields as ManagedFieldsEntry[] | undefined) ?? [];
}

/** Whether an entry is what our server-side applies have set. */
export function isOurApply({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return manager === FIELD_MANAGER && operation === 'Apply' && !subresource;
}

/** What the entries have together. */
export function unionOf(entries: readonly ManagedFieldsEntry[]): FieldSet {
  return entries.reduce<FieldSet>((union, { fieldsV1 = {} }) => merge(union, fieldsV1), {});
}

/**
 * What is in `set` and, no part of it, in `kept`: the outermost paths only. That is what the API server removes when the manager of `set` no
 * longer sets it, while those of `kept` do.
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
 * Those fields of `set`, but not of `kept`, whose value in `before` is gone or another one in `after`: list items whole, everything else by
 * the last name. What merely falls back to the same value by the API server's defaults is not among them.
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
    if (then === undefined || isDeepStrictEqual(then, now)) return [];
    const here = [...path, element];
    const isItem = now === undefined && !element.startsWith('f:');
    if (isItem || elementsOf(children).length === 0) return other ? [] : [here];
    return changedFields(children, other ?? {}, then, now, here);
  });
}

/** Removes a field from an object, which is changed. */
export function removeField(object: unknown, path: FieldPath): void {
  const parent = path.slice(0, -1).reduce(child, object);
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent)) {
    const index = parent.indexOf(child(parent, last));
    if (index >= 0) parent.splice(index, 1);
  } else if (isRecord(parent)) {
    delete parent[last.slice(2)];
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
  const keys = JSON.parse(rest) as Record<string, unknown>;
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
  const wanted = JSON.parse(rest) as Record<string, unknown>;
  if (element.startsWith('v:')) return value.find((item) => isDeepStrictEqual(item, wanted));
  return value.find(
    (item) => isRecord(item) && Object.keys(wanted).every((key) => item[key] === wanted[key]),
  );
}

function elementsOf(set: FieldSet): [string, FieldSet][] {
  return Object.entries(set).filter(([element]) => element !== '.');
}

function isLeaf(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

function merge(a: FieldSet, b: FieldSet): FieldSet {
  const merged = { ...a };
  for (const [element, children] of Object.entries(b)) {
    merged[element] = merge(merged[element] ?? {}, children);
  }
  return merged;
}
