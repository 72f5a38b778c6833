import type { KubernetesObject } from '#cluster';
import type { StoredMetadata } from './rollout.js';

/**
 * The state of a measurement, a metric or a whole run: Pending, Running, Successful, Failed, Error,
 * Inconclusive.
 */
export type AnalysisPhase = string;

/** One value of a metric at one time. */
export interface Measurement {
  phase: AnalysisPhase;
  value?: string;
  message?: string;
  startedAt?: string;
  finishedAt?: string;
  metadata?: Record<string, string>;
}

/** The result of one metric. */
export interface MetricResult {
  name: string;
  phase: AnalysisPhase;
  message?: string;
  measurements?: Measurement[];
  count?: number;
  successful?: number | bigint;
  failed?: number | bigint;
  inconclusive?: number | bigint;
  error?: number | bigint;
  consecutiveError?: number;
  dryRun?: boolean;
}

/** The spec of one metric. A limit may be text: an expression over arguments. */
export interface Metric {
  name: string;
  interval?: string;
  count?: number | string;
  successCondition?: string;
  failureCondition?: string;
  failureLimit?: number | string;
  inconclusiveLimit?: number | string;
  consecutiveErrorLimit?: number | string;
  provider?: Record<string, unknown>;
}

/** What is read of an AnalysisRun (argoproj.io/v1alpha1). */
export interface AnalysisRun extends KubernetesObject {
  metadata: StoredMetadata;
  spec: { metrics?: Metric[]; terminate?: boolean };
  status?: {
    phase: AnalysisPhase;
    message?: string;
    metricResults?: MetricResult[];
    startedAt?: string;
    completedAt?: string;
  };
}

/** What is read of an Experiment (argoproj.io/v1alpha1). */
export interface Experiment extends KubernetesObject {
  metadata: StoredMetadata;
  status?: { phase?: AnalysisPhase; message?: string };
}

/** The number of measurements of each kind, over all metrics of a run. */
export function countsOf({ status }: AnalysisRun) {
  const results = status?.metricResults ?? [];
  const sum = (kind: 'successful' | 'failed' | 'inconclusive' | 'error') =>
    results.reduce((total, result) => total + Number(result[kind] ?? 0), 0);
  return {
    successful: sum('successful'),
    failed: sum('failed'),
    inconclusive: sum('inconclusive'),
    error: sum('error'),
  };
}
