import { ageSince, humanAge } from '../text/age.js';
import type { ManagedFieldsEntry, RolloutState, Workload } from './rollout-state.js';
import type { WorkloadKind } from './workload-kinds.js';

/** How many pods a workload has. */
export interface PodCounts {
  desired: number;
  updated: number;
  ready: number;
  available: number;
}

/** Where a rollout stands, and whether it has come to its end just now. */
export type Standing = Pick<RolloutState, 'state'> & { sawEnd: boolean };

/** The counts of a workload, from where its kind has them. */
export function podCounts(kind: WorkloadKind, { spec, status }: Workload): PodCounts {
  if (kind === 'daemonset') {
    return {
      desired: status.desiredNumberScheduled ?? 0,
      updated: status.updatedNumberScheduled ?? 0,
      ready: status.numberReady ?? 0,
      available: status.numberAvailable ?? 0,
    };
  }
  return {
    desired: spec.replicas ?? 1,
    updated: status.updatedReplicas ?? 0,
    ready: status.readyReplicas ?? 0,
    available: status.availableReplicas ?? 0,
  };
}

/** `3 desired, 3 updated, 3 ready, 3 available; took 4s; images web=nginx:1.28`. */
export function factsLine(kind: WorkloadKind, workload: Workload, standing: Standing): string {
  const { desired, updated, ready, available } = podCounts(kind, workload);
  const parts = [
    `${desired} desired, ${updated} updated, ${ready} ready, ${available} available`,
    timeText(workload, standing),
    `images ${imagesText(workload)}`,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}

/** `web=nginx:1.28, init setup=busybox:1`. */
export function imagesText({ spec }: Workload): string {
  const { initContainers = [], containers = [] } = spec.template?.spec ?? {};
  return [
    ...initContainers.map(({ name, image }) => `init ${name}=${image}`),
    ...containers.map(({ name, image }) => `${name}=${image}`),
  ].join(', ');
}

/** How long a rollout took or has taken so far. Undefined where nothing says when it began. */
function timeText(workload: Workload, { state, sawEnd }: Standing): string | undefined {
  const began = changedAt(workload.metadata.managedFields);
  if (began === undefined) return undefined;
  if (state !== 'complete')
    return `${atLeastZero((Date.now() - Date.parse(began)) / 1_000)} so far`;
  const ended = endedAt(workload) ?? (sawEnd ? new Date().toISOString() : undefined);
  const seconds = ended === undefined ? -1 : (Date.parse(ended) - Date.parse(began)) / 1_000;
  // An end before the latest change is that of an earlier rollout: this one needed no new pods.
  return seconds >= 0 ? `took ${humanAge(seconds)}` : `last changed ${ageSince(began)} ago`;
}

/** Whether a Deployment was last changed after it had exceeded its progress deadline. */
export function isOfEarlierChange({ metadata, status }: Workload): boolean {
  const began = changedAt(metadata.managedFields);
  const failed = status.conditions?.find(({ type }) => type === 'Progressing')?.lastUpdateTime;
  if (began === undefined || failed === undefined) return false;
  return Date.parse(failed) <= Date.parse(began);
}

/** Clocks differ. */
function atLeastZero(seconds: number): string {
  return humanAge(Math.max(0, seconds));
}

/** When the spec was last changed, also through a subresource such as `scale`. */
function changedAt(entries: readonly ManagedFieldsEntry[] = []): string | undefined {
  return entries
    .filter(({ subresource, fieldsV1 }) => subresource !== 'status' && fieldsV1?.['f:spec'])
    .flatMap(({ time }) => time ?? [])
    .sort()
    .at(-1);
}

/** When the pods of a Deployment were last complete. Other kinds do not say it. */
function endedAt({ status }: Workload): string | undefined {
  return status.conditions?.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'NewReplicaSetAvailable',
  )?.lastUpdateTime;
}
