import type { PodTemplate } from './rollout.js';

/** A field that differs between two pod templates. */
export interface TemplateChange {
  path: string;
  /** The change in words. It has values only for an image; other values may be confidential. */
  text: string;
}

/** Fields that identify the items of a list. */
const KEYS = ['name', 'containerPort', 'mountPath', 'key', 'ip'];

/**
 * What differs between two pod templates, field by field, e.g. `containers[web].image: nginx:1.28 →
 * nginx:1.29`.
 */
export function templateChanges(from: PodTemplate, to: PodTemplate): TemplateChange[] {
  const [before, after] = [leavesOf(from), leavesOf(to)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) return [];
    const state = old === undefined ? ' added' : now === undefined ? ' removed' : ' changed';
    const isShown = path.endsWith('.image') && old !== undefined && now !== undefined;
    return [{ path, text: isShown ? `${path}: ${old} → ${now}` : path + state }];
  });
}

function leavesOf(template: PodTemplate): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (isBlank(value)) return;
    if (typeof value !== 'object' || value === null) {
      leaves.set(path, String(value));
      return;
    }
    const entries = Array.isArray(value)
      ? value.map((item: unknown, index) => [`[${keyOf(item) ?? index}]`, item] as const)
      : Object.entries(value).map(([key, item]) => [path ? `.${key}` : key, item] as const);
    for (const [key, item] of entries) walk(item, path + key);
  };
  walk({ ...template.spec, metadata: template.metadata }, '');
  return leaves;
}

function keyOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const key = KEYS.find((name) => name in item);
  return key && String((item as Record<string, unknown>)[key]);
}

function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0) return true;
  if (typeof value !== 'object') return value === false;
  return Object.keys(value).length === 0;
}
