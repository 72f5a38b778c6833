import { apiStatusOf, FIELD_MANAGER, type KubernetesObject } from '#cluster';
import { ToolError } from '#tools';
import {
  fieldText,
  KUBECTL_APPLY_MANAGER,
  lostFields,
  managedFieldsOf,
  hasField,
  unionOf,
  type FieldPath,
  type ManagedFieldsEntry,
} from './managed-fields.js';

/** The managers whose fields an apply may take over without force. */
const OUR_MANAGERS = [FIELD_MANAGER, KUBECTL_APPLY_MANAGER];

/** A field that an apply would change, and its manager. */
export interface FieldConflict {
  manager: string;
  field: string;
}

/** The conflicts for which the API server refused an apply; empty for any other error. */
export function conflictsOf(error: unknown): FieldConflict[] {
  return (apiStatusOf(error)?.details?.causes ?? [])
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ message = '', field = '' }) => ({
      manager: /^conflict with "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message,
      field: field.replace(/^\./, ''),
    }));
}

/** The fields that a forced apply takes over. */
export function conflictsBetween(
  before: KubernetesObject,
  after: KubernetesObject,
): FieldConflict[] {
  const nameOf = ({ manager = '' }) => manager;
  const kept = Map.groupBy(managedFieldsOf(after), nameOf);
  const set = Map.groupBy(managedFieldsOf(before), nameOf);
  return Array.from(set).flatMap(([manager, entries]) =>
    lostFields(unionOf(entries), unionOf(kept.get(manager) ?? [])).map((path) => ({
      manager,
      field: fieldText(path),
    })),
  );
}

/** @throws ToolError `conflict` with the managers that are not ours, and their fields */
export function refuseConflicts(conflicts: readonly FieldConflict[]): void {
  refuse(
    conflicts,
    'Leave these fields out of the manifest, or set force_conflicts to true to take them over.',
  );
}

/**
 * @param why why the API server refuses the manifest beside these fields
 * @throws ToolError `conflict` with the managers that are not ours, and the fields that they have
 * set
 */
export function refuseObstacles(
  why: ToolError,
  fields: readonly FieldPath[],
  entries: readonly ManagedFieldsEntry[],
): void {
  const conflicts = fields.flatMap((field) =>
    entries
      .filter(({ fieldsV1 = {} }) => hasField(fieldsV1, field))
      .map(({ manager = '' }) => ({ manager, field: fieldText(field) })),
  );
  refuse(
    conflicts,
    `The manifest cannot be applied beside that (${why.message}). Set force_conflicts and prune_fields to true to remove it.`,
  );
}

function refuse(conflicts: readonly FieldConflict[], hint: string): void {
  const others = conflicts.filter(({ manager }) => !OUR_MANAGERS.includes(manager));
  if (others.length === 0) return;
  const byManager = Map.groupBy(others, ({ manager }) => manager);
  const owners = [...byManager].map(
    ([manager, owned]) => `"${manager}" manages ${owned.map(({ field }) => field).join(', ')}`,
  );
  // Without the Status of the API server, which would mean that a retry may help.
  throw new ToolError('conflict', `${owners.join('; ')}. ${hint}`);
}
