/** The kinds that roll out pods: those of `kubectl rollout`. */
export const WORKLOAD_KINDS = ['deployment', 'daemonset', 'statefulset'] as const;

export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];
