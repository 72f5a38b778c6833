import { isRecord } from '#base';
import { MAX_DEPTH } from '../text/json.js';

/** Removes the maps from a field that hold nothing, and the field if nothing is left. */
export function dropEmpty(owner: Record<string, unknown>, field: string, depth = 0): void {
  const held = owner[field];
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(held)) {
    // An item of a list stays, as others are counted from it.
    for (const item of held.filter(isRecord)) dropInside(item, depth);
  } else if (isRecord(held)) {
    dropInside(held, depth);
    if (Object.keys(held).length === 0) delete owner[field];
  }
}

function dropInside(map: Record<string, unknown>, depth: number): void {
  for (const field of Object.keys(map)) dropEmpty(map, field, depth + 1);
}
