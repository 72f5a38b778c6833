import { isRecord } from '#base';
import { pointerKeys } from './json-pointer.js';
import { isRemark } from './made-change.js';

/**
 * Whether the fields that a manager owns include any field that a patch sets. A list counts as one
 * field. A field that the patch removes does not count, because nobody owns it afterwards.
 * @param fields as `managedFields` has them (FieldsV1)
 * @param patch as for `isMade`
 */
export function ownsAny(fields: unknown, patch: unknown): boolean {
  return Array.isArray(patch)
    ? patch.some((operation) => ownsField(fields, operation))
    : ownsPart(fields, patch);
}

function ownsPart(fields: unknown, part: unknown): boolean {
  if (fields === undefined || part === undefined || part === null) return false;
  if (!isRecord(part)) return true;
  const entries = Object.entries(part);
  if (entries.length === 0) return true;
  return entries.some(([key, item]) => !isRemark(key) && ownsPart(fieldOf(fields, key), item));
}

/** @param operation of a JSON patch */
function ownsField(fields: unknown, operation: unknown): boolean {
  if (!isRecord(operation)) return false;
  const { op, path } = operation;
  if (typeof path !== 'string' || op === 'test' || op === 'remove') return false;
  let owned = fields;
  for (const key of pointerKeys(path)) {
    const isList = isRecord(owned) && Object.keys(owned).some((one) => /^[kvi]:/.test(one));
    if (isList) return true;
    owned = fieldOf(owned, key);
  }
  return owned !== undefined;
}

function fieldOf(fields: unknown, key: string): unknown {
  return isRecord(fields) ? fields[`f:${key}`] : undefined;
}
