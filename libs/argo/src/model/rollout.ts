import type { KubernetesObject } from '#cluster';

/** The metadata of an object that is stored in the API. */
export interface StoredMetadata {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { uid: string; kind: string; name: string }[];
  [field: string]: unknown;
}

/** What is read of a pod template. */
export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; [field: string]: unknown };
  spec?: {
    containers?: { name: string; image: string }[];
    initContainers?: { name: string; image: string }[];
    [field: string]: unknown;
  };
}

/** One step of a canary; exactly one of the fields is set. */
export interface CanaryStep {
  setWeight?: number;
  pause?: { duration?: string | number };
  experiment?: object;
  analysis?: object;
  setCanaryScale?: { weight?: number; replicas?: number; matchTrafficWeight?: boolean };
  setHeaderRoute?: { name: string };
  setMirrorRoute?: { name: string };
  plugin?: { name: string };
}

export interface CanaryStrategy {
  steps?: CanaryStep[];
  trafficRouting?: { maxTrafficWeight?: number | bigint };
  pingPong?: object;
}

export interface BlueGreenStrategy {
  /** True by default. */
  autoPromotionEnabled?: boolean;
  autoPromotionSeconds?: number;
  prePromotionAnalysis?: object;
  postPromotionAnalysis?: object;
}

/** The workload whose pod template a rollout uses instead of one of its own. */
export interface WorkloadRef {
  apiVersion: string;
  kind: string;
  name: string;
}

export interface RolloutSpec {
  /** 1 by default. */
  replicas?: number;
  selector?: unknown;
  template?: PodTemplate;
  workloadRef?: WorkloadRef;
  /** Required, but the API server accepts a rollout without one. */
  strategy?: { canary?: CanaryStrategy; blueGreen?: BlueGreenStrategy };
  /** Set by people, never by the controller. */
  paused?: boolean;
  restartAt?: string;
  minReadySeconds?: number;
}

interface AnalysisRunState {
  name: string;
  status: string;
  message?: string;
}

export interface RolloutStatus {
  abort?: boolean;
  abortedAt?: string;
  /** Why the controller paused it. Clearing it lets the rollout continue. */
  pauseConditions?: { reason: string; startTime: string }[];
  controllerPause?: boolean;
  promoteFull?: boolean;
  currentPodHash?: string;
  stableRS?: string;
  currentStepIndex?: number | bigint;
  /** The generation as text. */
  observedGeneration?: string;
  workloadObservedGeneration?: string;
  phase?: string;
  message?: string;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number | bigint;
  restartedAt?: string;
  selector?: string;
  conditions?: {
    type: string;
    status: string;
    reason?: string;
    message?: string;
    lastUpdateTime?: string;
  }[];
  canary?: {
    weights?: { canary: { weight: number } };
    stablePingPong?: string;
    currentStepAnalysisRunStatus?: AnalysisRunState;
    currentBackgroundAnalysisRunStatus?: AnalysisRunState;
  };
  blueGreen?: {
    activeSelector?: string;
    previewSelector?: string;
    postPromotionAnalysisRunStatus?: AnalysisRunState;
  };
}

/**
 * What is read of a Rollout (argoproj.io/v1alpha1). Its definition accepts any integer, so a count
 * may be a bigint.
 */
export interface Rollout extends KubernetesObject {
  metadata: StoredMetadata;
  spec: RolloutSpec;
  status?: RolloutStatus;
}

/** Whether the latest version is the stable one: no update is under way. */
export function isFullyPromoted({ status = {} }: Rollout): boolean {
  return status.stableRS === status.currentPodHash;
}
