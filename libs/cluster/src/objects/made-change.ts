import { isRecord } from '#tools';
import { valueAt } from './json-pointer.js';

/** How a strategic patch says what to do with an object. */
const DIRECTIVE = '$patch';

/** What every write changes, and what a patch names only to say which version it is for. */
const OF_VERSION: ReadonlySet<string> = new Set(['resourceVersion', 'managedFields']);

/**
 * Whether an object is as a patch was to make it, as far as that can be seen: whether it has every
 * field of it, of each list every item, and nothing of what was to be removed. A patch whose values
 * the API server writes in another way may be made though this is false.
 * @param patch a merge patch, a strategic one, a manifest that is applied, or the operations of a
 * JSON patch (RFC 6902)
 */
export function isMade(object: unknown, patch: unknown): boolean {
  if (!Array.isArray(patch)) return has(object, patch);
  const changes = patch.filter((one) => isRecord(one) && one['op'] !== 'test');
  return changes.length > 0 && changes.every((one) => isOperationMade(object, one));
}

function isOperationMade(object: unknown, operation: unknown): boolean {
  const { op, path, value } = operation as { op?: unknown; path?: unknown; value?: unknown };
  if (typeof path !== 'string') return false;
  const parent = valueAt(object, path.slice(0, path.lastIndexOf('/')));
  const isInList = Array.isArray(parent);
  // The items of a list may have moved since.
  if (op === 'remove') return !isInList && valueAt(object, path) === undefined;
  if (op !== 'add' && op !== 'replace') return false;
  return isInList ? hasItem(parent, value) : has(valueAt(object, path), value);
}

function has(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && wanted.every((item) => hasItem(value, item));
  }
  if (!isRecord(wanted)) return wanted === (value ?? null);
  return (
    isRecord(value) &&
    Object.entries(wanted).every(
      ([key, item]) => isRemark(key) || item === undefined || has(value[key], item),
    )
  );
}

/** Whether a list has an item, or has it no more where a strategic patch deletes it. */
function hasItem(items: readonly unknown[], wanted: unknown): boolean {
  const isDeleted = isRecord(wanted) && wanted[DIRECTIVE] === 'delete';
  return items.some((one) => has(one, wanted)) !== isDeleted;
}

/** Whether a key is no field that the object then has. */
function isRemark(key: string): boolean {
  return OF_VERSION.has(key) || key.startsWith('$');
}
