import { isRecord } from '#base';
import { valueAt } from './json-pointer.js';

/** How a strategic patch says what to do with an object. */
const DIRECTIVE = '$patch';

/** What every write changes, and what a patch names only to say which version it is for. */
const OF_VERSION: ReadonlySet<string> = new Set(['resourceVersion', 'managedFields']);

/**
 * Whether an object shows the result of a patch: it has every field and every list item of the
 * patch, and nothing that the patch removes. If the API server normalizes values, this may be false
 * although the patch was made.
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
  // List items may have moved since.
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

/** Whether a key of a patch does not become a field of the object. */
export function isRemark(key: string): boolean {
  return OF_VERSION.has(key) || key.startsWith('$');
}
