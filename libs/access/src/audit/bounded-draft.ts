import type { AuditDraft, AuditedObject } from './audit-entry.js';
import { inKeyOrder } from './canonical-json.js';

/** Most characters of a text that is no diff. */
const MAX_TEXT = 1_000;
/** Most objects of one entry. */
const MAX_OBJECTS = 100;
/** Most characters of one diff, and of all diffs of an entry. */
const MAX_DIFF = 20_000;
const MAX_DIFFS = 60_000;

/**
 * A draft with texts that every database can store, none of them long. Whoever calls decides about
 * many of these texts, and an entry waits in memory until it is stored.
 */
export function boundedDraft({ objects, ...draft }: AuditDraft): AuditDraft {
  const kept = bounded(draft) as AuditDraft;
  if (!objects) return kept;
  const more = objects.length - MAX_OBJECTS;
  return {
    ...kept,
    objects: boundedObjects(objects.slice(0, MAX_OBJECTS)),
    ...(more > 0 && { moreObjects: more }),
  };
}

function boundedObjects(objects: readonly AuditedObject[]): AuditedObject[] {
  let left = MAX_DIFFS;
  return objects.map(({ diff, ...object }) => {
    const kept = bounded(object) as AuditedObject;
    if (diff === undefined) return kept;
    const text = textOf(diff, Math.min(MAX_DIFF, left));
    left -= text.length;
    const diffLength = text.length < diff.length ? diff.length : undefined;
    return inKeyOrder({ ...kept, diff: text, diffLength });
  });
}

function bounded(value: unknown): unknown {
  if (typeof value === 'string') return textOf(value, MAX_TEXT);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  const kept = inKeyOrder(value) as Record<string, unknown>;
  for (const key of Object.keys(kept)) kept[key] = bounded(kept[key]);
  return kept;
}

/** PostgreSQL cannot store NUL, and half of a surrogate pair is no character in UTF-8. */
function textOf(text: string, maxLength: number): string {
  const cut = text.length > maxLength ? text.slice(0, maxLength) : text;
  if (!cut.includes('\0') && cut.isWellFormed()) return cut;
  return cut.replaceAll('\0', '\uFFFD').toWellFormed();
}
