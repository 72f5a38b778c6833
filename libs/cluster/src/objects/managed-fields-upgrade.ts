import {
  isOurApply,
  KUBECTL_APPLY_MANAGER,
  managedFieldsOf,
  unionOf,
  withFields,
  withoutFields,
  type FieldPath,
  type FieldSet,
  type ManagedFieldsEntry,
} from './managed-fields.js';
import { LAST_APPLIED, type KubernetesObject } from '../secrets/redact.js';
import { FIELD_MANAGER } from './field-manager.js';

const LAST_APPLIED_FIELD = `f:${LAST_APPLIED}`;

/**
 * The managedFields of an object after what client-side `kubectl apply` has set is moved to our
 * server-side apply, as client-go's csaupgrade does: only so does a later apply remove what it
 * leaves out. The annotation that `kubectl apply` compares with stays as it is, and is then
 * nobody's. Undefined where there is nothing to move.
 */
export function upgradedManagedFields(object: KubernetesObject): ManagedFieldsEntry[] | undefined {
  const entries = managedFieldsOf(object);
  const theirs = entries.filter(isKubectlApply);
  const [newest] = theirs;
  if (!newest) return undefined;
  const ours = entries.find(isOurApply);
  const target = ours ?? { ...newest, manager: FIELD_MANAGER, operation: 'Apply' as const };
  // The fields of another version may have other names.
  const moved = theirs.filter(({ apiVersion }) => apiVersion === target.apiVersion);
  const fieldsV1 = unionOf([...(ours ? [ours] : []), ...moved.map(withoutLastApplied)]);
  const others = entries.filter((entry) => entry !== ours && !isKubectlApply(entry));
  return [{ ...target, fieldsV1 }, ...others];
}

/**
 * The managedFields of an object after some of its fields, whoever set them, are moved to our
 * server-side apply as well: only so can that remove them.
 * @param apiVersion of the fields' names
 */
export function claimedManagedFields(
  entries: readonly ManagedFieldsEntry[],
  apiVersion: string,
  claims: readonly FieldPath[],
): ManagedFieldsEntry[] {
  const ours = entries.find(isOurApply) ?? {
    manager: FIELD_MANAGER,
    operation: 'Apply' as const,
    apiVersion,
    fieldsType: 'FieldsV1',
  };
  const others = entries
    .filter((entry) => !isOurApply(entry))
    .map((entry) => ({ ...entry, fieldsV1: withoutFields(entry.fieldsV1 ?? {}, claims) }))
    .filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0);
  return [{ ...ours, fieldsV1: withFields(ours.fieldsV1 ?? {}, claims) }, ...others];
}

function isKubectlApply({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return manager === KUBECTL_APPLY_MANAGER && operation === 'Update' && !subresource;
}

function withoutLastApplied(entry: ManagedFieldsEntry): ManagedFieldsEntry {
  const { 'f:metadata': metadata = {}, ...rest } = entry.fieldsV1 ?? {};
  const { 'f:annotations': annotations = {}, ...otherMetadata } = metadata;
  // Whoever has the map itself (".") would take with it what is nobody's.
  const { [LAST_APPLIED_FIELD]: _, '.': __, ...otherAnnotations } = annotations;
  const kept = { ...otherMetadata, ...unlessEmpty('f:annotations', otherAnnotations) };
  return { ...entry, fieldsV1: { ...unlessEmpty('f:metadata', kept), ...rest } };
}

/** An empty set would stand for the field as a whole. */
function unlessEmpty(element: string, fields: FieldSet): FieldSet {
  return Object.keys(fields).length === 0 ? {} : { [element]: fields };
}
