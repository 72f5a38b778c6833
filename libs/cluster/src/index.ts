export { ageSince, humanAge } from './age.js';
export { apiStatusOf } from './api-error.js';
export { ApiResource, groupVersionOf } from './api-resource.js';
export { warn } from './api-warnings.js';
export { asTable } from './as-table.js';
export { CHANNEL_PROTOCOLS, ChannelStream } from './channel-stream.js';
export type { ChannelMessage } from './channel-stream.js';
export { chooseRevision } from './choose-revision.js';
export { Cluster } from './cluster.js';
export { clusterConfig } from './cluster.config.js';
export type { ClusterConfig } from './cluster.config.js';
export { ClusterModule } from './cluster.module.js';
export { Clusters } from './clusters.js';
export { ContextField } from './context.field.js';
export { drained } from './drained.js';
export { DryRunField, isDryRun } from './dry-run.field.js';
export type { Answer } from './exchange.js';
export { findObject } from './find-object.js';
export { ifFound } from './if-found.js';
export { KIND, LABEL_SELECTOR, NAMESPACE } from './fields/kubernetes-formats.js';
export { valueAt } from './json-pointer.js';
export { selectorText } from './label-selector.js';
export { namespaceToList } from './list-namespace.js';
export { AllNamespacesField, ListNamespaceField } from './list-namespace.fields.js';
export { fetchPages, listAll } from './list-pages.js';
export type { ListQuery } from './list-pages.js';
export {
  changedFields,
  fieldText,
  hasField,
  isOurApply,
  KUBECTL_APPLY_MANAGER,
  lostFields,
  managedFieldsOf,
  presentFields,
  removeFields,
  unionOf,
} from './managed-fields.js';
export type { FieldPath, FieldSet, ManagedFieldsEntry } from './managed-fields.js';
export { claimedManagedFields, upgradedManagedFields } from './managed-fields-upgrade.js';
export { nearestHint, nearestNames } from './nearest-names.js';
export { diffObjects } from './object-diff.js';
export { ObjectSchema, objectSchema } from './object-schema.js';
export { objectVersions } from './object-versions.js';
export { FIELD_MANAGER } from './field-manager.js';
export type { ObjectRef } from './object-ref.js';
export { withFateOfChange, withFateOfDeletion } from './lost-answer.js';
export { isAway, Outage } from './outage.js';
export { inOrder } from './ordered.js';
export { isOwnedBy } from './owner.js';
export {
  containerStatuses,
  isFinished,
  isReady,
  notStarted,
  requireRunning,
  stateOf,
} from './pod-state.js';
export type { LivePod, Pod } from './pod-state.js';
export { containersOf } from './pod-template.js';
export { printResources } from './print.js';
export { programContext } from './program-context.js';
export type { ProgramContext } from './program-context.js';
export { LAST_APPLIED, redacted, redactSecrets, stripManagedFields } from './redact.js';
export type { KubernetesObject } from './redact.js';
export { retryOnConflict } from './retry-on-conflict.js';
export { rolloutState } from './rollout-state.js';
export type { RolloutState, Workload } from './rollout-state.js';
export { EVERY_CONTAINER, imageChanges, imageChangesText, patchImages } from './set-images.js';
export { noteAnswer, noteSent } from './secrets/read-secrets.js';
export { alignLines } from './tab-writer.js';
export { TABLE_ACCEPT } from './table.js';
export type { Table } from './table.js';
export { WORKLOAD_KINDS } from './workload-kinds.js';
export type { WorkloadKind } from './workload-kinds.js';
export { Backoff } from './backoff.js';
export { LineSplitter } from './line-splitter.js';
export { changeText, patchObject, readObject } from './write.js';
export type { Change, PatchType } from './write.js';
export { writeError } from './write-error.js';
export { toYaml } from './yaml.js';
export { readText } from './go-yaml/read-text.js';
export { readDocuments } from './yaml-documents.js';
export type { TextDocument } from './yaml-documents.js';
