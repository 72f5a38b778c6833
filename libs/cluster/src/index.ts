export { ageSince, humanAge } from './text/age.js';
export { apiStatusOf } from './http/api-error.js';
export { ApiResource, groupVersionOf } from './discovery/api-resource.js';
export { warn } from './http/api-warnings.js';
export { asTable } from './lists/as-table.js';
export { CHANNEL_PROTOCOLS, ChannelStream } from './http/channel-stream.js';
export type { ChannelMessage } from './http/channel-stream.js';
export { changeText, shownLines, withHunks } from './objects/change-text.js';
export type { ShownChange } from './objects/change-text.js';
export { changeObject } from './objects/change-object.js';
export type { DecidedChange } from './objects/change-object.js';
export { chooseRevision } from './workloads/choose-revision.js';
export { Cluster } from './cluster.js';
export { clusterConfig } from './cluster.config.js';
export type { ClusterConfig } from './cluster.config.js';
export { ClusterModule } from './cluster.module.js';
export { Clusters } from './clusters.js';
export { ContextField } from './fields/context.field.js';
export { drained } from './http/wait-for-drain.js';
export { WaitField } from './fields/wait.field.js';
export { changeThenWait } from './workloads/change-then-wait.js';
export type { WaitLimit } from './workloads/change-then-wait.js';
export { followWorkload } from './workloads/follow-workload.js';
export { DryRunField, isDryRun } from './fields/dry-run.field.js';
export type { Answer } from './http/exchange.js';
export { findObject } from './objects/find-object.js';
export { ifFound } from './objects/read-if-found.js';
export { FIELD_SELECTOR, KIND, LABEL_SELECTOR, NAMESPACE } from './fields/kubernetes-formats.js';
export { valueAt } from './objects/json-pointer.js';
export { selectorText } from './lists/label-selector.js';
export { namespaceToList } from './lists/list-namespace.js';
export { AllNamespacesField, ListNamespaceField } from './fields/list-namespace.fields.js';
export { FieldColumns } from './columns/field-columns.js';
export { SortKey } from './columns/sort-key.js';
export { fetchPages, listAll } from './lists/list-pages.js';
export type { ListQuery } from './lists/list-pages.js';
export { nearestHint, nearestNames } from '#base';
export { diffObjects } from './objects/object-diff.js';
export { noteChange } from './objects/note-change.js';
export { ObjectSchema, objectSchema } from './objects/object-schema.js';
export { objectVersions } from './objects/object-versions.js';
export { FIELD_MANAGER } from './objects/field-manager.js';
export type { ObjectRef } from './objects/object-ref.js';
export { withFateOfChange, withFateOfDeletion } from './objects/lost-answer.js';
export { isAway, Outage } from './http/outage.js';
export { isOwnedBy } from './objects/owner.js';
export {
  containerStatuses,
  isFinished,
  isReady,
  isStarting,
  notStarted,
  stateOf,
} from './workloads/pod-state.js';
export type { LivePod, Pod } from './workloads/pod-state.js';
export { containersOf } from './workloads/pod-template.js';
export { printResources } from './print/print.js';
export type { Printed, PrintOptions } from './print/print-outcome.js';
export { ProgramContexts } from './kubeconfig/program-context.js';
export type { ProgramContext } from './kubeconfig/program-context.js';
export { callScope, reachesGate } from './gate/gate-call.js';
export type { GateCall, NotedChange } from './gate/gate-call.js';
export { isWrite, PartOfGate } from './gate/gate-part.js';
export type { GateOutcome, GatePart, GateRequest, IdentityHeaders } from './gate/gate-part.js';
export { readApiRequest } from './gate/api-request.js';
export type { ApiRequest } from './gate/api-request.js';
export type { ProgramAnswer, ProgramRequest, Upstream } from './gate/upstream.js';
export { environmentProxy } from './http/connection/environment-proxy.js';
export { LAST_APPLIED, redacted, stripManagedFields } from './secrets/redact.js';
export type { KubernetesObject } from './secrets/redact.js';
export { READING_COMMENT } from './reading/reading-form.js';
export { retryOnConflict } from './http/retry-on-conflict.js';
export { whyPodsAreMissing } from './workloads/missing-pods.js';
export type { PodOwner } from './workloads/pod-owner.js';
export { notLookedAt, RolloutFollowers } from './workloads/rollout-followers.js';
export type { FollowRollout, RolloutStanding } from './workloads/rollout-followers.js';
export { rolloutReport } from './workloads/rollout-report.js';
export { rolloutState } from './workloads/rollout-state.js';
export type { Workload } from './workloads/rollout-state.js';
export {
  EVERY_CONTAINER,
  imageChanges,
  imageChangesText,
  patchImages,
} from './workloads/set-images.js';
export { noteAnswer, noteSent } from './secrets/read-secrets.js';
export { alignLines, alignSteps } from './print/tab-writer.js';
export { TABLE_ACCEPT } from './lists/table.js';
export type { Table } from './lists/table.js';
export { WORKLOAD_KINDS } from './workloads/workload-kinds.js';
export type { WorkloadKind } from './workloads/workload-kinds.js';
export { Backoff } from './http/backoff.js';
export { LineSplitter } from './http/line-splitter.js';
export { patchObject, readObject } from './objects/write.js';
export type { Change, PatchType } from './objects/write.js';
export { protobufFields } from './text/protobuf-fields.js';
export type { ProtobufFields } from './text/protobuf-fields.js';
export { quantity } from './text/quantity.js';
export { toYaml } from './text/yaml.js';
export { readText } from './go-yaml/read-text.js';
export { readDocuments } from './text/yaml-documents.js';
export type { TextDocument } from './text/yaml-documents.js';
