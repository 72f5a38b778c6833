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
import { FIELD_MANAGER, LAST_APPLIED, type KubernetesObject } from '#cluster';

const LAST_APPLIED_FIELD = `f:${LAST_APPLIED}`;

/**
 * The managedFields of an object after the fields of client-side `kubectl apply` are moved to our
 * server-side apply, as in client-go's csaupgrade. Otherwise a later apply would not remove the
 * fields that it leaves out. The annotation that `kubectl apply` compares with stays, without a
 * manager. Undefined if there is nothing to move.
 */
export function upgradedManagedFields(object: KubernetesObject): ManagedFieldsEntry[] | undefined {
  const entries = managedFieldsOf(object);
  const theirs = entries.filter(isKubectlApply);
  const [newest] = theirs;
  if (!newest) return undefined;
  const ours = entries.find(isOurApply);
  const target = ours ?? { ...newest, manager: FIELD_MANAGER, operation: 'Apply' as const };
  // Fields of another version may have other names.
  const moved = theirs.filter(({ apiVersion }) => apiVersion === target.apiVersion);
  const fieldsV1 = unionOf([...(ours ? [ours] : []), ...moved.map(withoutLastApplied)]);
  const others = entries.filter((entry) => entry !== ours && !isKubectlApply(entry));
  return [{ ...target, fieldsV1 }, ...others];
}

/**
 * The managedFields of an object after some of its fields, of any manager, are moved to our
 * server-side apply, so that it can remove them.
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
  // The manager of the map itself (".") would also remove fields that have no manager.
  const { [LAST_APPLIED_FIELD]: _, '.': __, ...otherAnnotations } = annotations;
  const kept = { ...otherMetadata, ...unlessEmpty('f:annotations', otherAnnotations) };
  return { ...entry, fieldsV1: { ...unlessEmpty('f:metadata', kept), ...rest } };
}

/** An empty set would stand for the field as a whole. */
function unlessEmpty(element: string, fields: FieldSet): FieldSet {
  return Object.keys(fields).length === 0 ? {} : { [element]: fields };
}
