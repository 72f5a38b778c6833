import type { Container } from './pod-template.js';
import type { WorkloadKind } from './workload-kinds.js';

/** An entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  subresource?: string;
  time?: string;
  fieldsV1?: Record<string, unknown>;
}

/** What is read of a Deployment, DaemonSet or StatefulSet. */
export interface Workload {
  kind?: string;
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    generation?: number;
    resourceVersion: string;
    annotations?: Record<string, string>;
    managedFields?: ManagedFieldsEntry[];
  };
  spec: {
    replicas?: number;
    paused?: boolean;
    minReadySeconds?: number;
    selector?: unknown;
    template?: { spec?: { initContainers?: Container[]; containers?: Container[] } };
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
  };
  status: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberAvailable?: number;
    numberReady?: number;
    currentRevision?: string;
    updateRevision?: string;
    conditions?: WorkloadCondition[];
  };
}

interface WorkloadCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastUpdateTime?: string;
}

/** Where a rollout stands. */
export interface RolloutState {
  state: 'complete' | 'progressing' | 'failed' | 'manual';
  message: string;
}

/**
 * Where the rollout of a workload stands, by the rules of the Kubernetes API for each kind's
 * status.
 */
export function rolloutState(kind: WorkloadKind, workload: Workload): RolloutState {
  const { metadata, spec, status } = workload;
  if (spec.updateStrategy?.type === 'OnDelete') {
    return {
      state: 'manual',
      message: `${kind} "${metadata.name}" has the update strategy OnDelete: its pods change only when they are deleted`,
    };
  }
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    return {
      state: 'progressing',
      message: 'the change has not been taken up by its controller yet',
    };
  }
  const missing = { deployment, daemonset, statefulset }[kind](workload);
  if (typeof missing === 'object') return missing;
  if (missing !== '' && spec.paused) {
    return {
      state: 'manual',
      message: `${kind} "${metadata.name}" is paused: ${missing}. k8s_patch with {"spec":{"paused":false}} resumes it`,
    };
  }
  return missing === ''
    ? { state: 'complete', message: `${kind} "${metadata.name}" successfully rolled out` }
    : { state: 'progressing', message: missing };
}

function deployment({ metadata, spec, status }: Workload): string | RolloutState {
  const stuck = status.conditions?.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
  if (stuck) {
    return {
      state: 'failed',
      message: `deployment "${metadata.name}" exceeded its progress deadline: ${stuck.message ?? ''}`,
    };
  }
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = status;
  const wanted = spec.replicas ?? 1;
  if (updated < wanted) return `${updated} of ${wanted} replicas are updated`;
  if (updated > wanted) return `${updated - wanted} pods more than wanted are still there`;
  if (replicas > updated) return `${replicas - updated} old replicas are still there`;
  return available < updated ? `${available} of ${updated} updated replicas are available` : '';
}

function daemonset({ status }: Workload): string {
  const {
    desiredNumberScheduled: wanted = 0,
    updatedNumberScheduled: updated = 0,
    numberAvailable: available = 0,
  } = status;
  if (updated < wanted) return `${updated} of ${wanted} pods are updated`;
  return available < wanted ? `${available} of ${wanted} updated pods are available` : '';
}

function statefulset({ spec, status }: Workload): string {
  const wanted = spec.replicas ?? 1;
  const { readyReplicas: ready = 0, updatedReplicas: updated = 0, replicas = 0 } = status;
  if (replicas > wanted) return `${replicas - wanted} pods more than wanted are still there`;
  if (ready < wanted) return `${ready} of ${wanted} pods are ready`;
  const toUpdate = wanted - (spec.updateStrategy?.rollingUpdate?.partition ?? 0);
  const isPartial = toUpdate < wanted;
  if (isPartial ? updated < toUpdate : status.updateRevision !== status.currentRevision) {
    return `${updated} of ${toUpdate} pods are updated`;
  }
  return '';
}
