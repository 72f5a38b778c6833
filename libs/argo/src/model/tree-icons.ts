/** The icons that the Argo Rollouts plugin shows for each kind. */
export const KIND_ICONS = {
  rollout: '⟳',
  revision: '#',
  replicaSet: '⧉',
  pod: '□',
  job: '⊞',
  experiment: 'Σ',
  analysisRun: 'α',
};

const [OK, BAD, WARNING, PROGRESSING, UNKNOWN, NEUTRAL, PAUSED, WAITING] = [
  '✔',
  '✖',
  '⚠',
  '◌',
  '?',
  '•',
  '॥',
  '◷',
];

/** The icons of the counts of measurements. */
export const COUNT_ICONS = { successful: OK, failed: BAD, inconclusive: UNKNOWN, error: WARNING };

const ROLLOUT: Record<string, string> = {
  Progressing: PROGRESSING,
  Error: WARNING,
  InvalidSpec: WARNING,
  Paused: PAUSED,
  Healthy: OK,
  Degraded: BAD,
  Unknown: UNKNOWN,
  ScaledDown: NEUTRAL,
};

const REPLICA_SET: Record<string, string> = {
  Progressing: PROGRESSING,
  Healthy: OK,
  ReplicaFailure: BAD,
  ScaledDown: NEUTRAL,
};

const ANALYSIS: Record<string, string> = {
  Successful: OK,
  Inconclusive: UNKNOWN,
  Failed: BAD,
  Error: WARNING,
  Running: PROGRESSING,
  Pending: WAITING,
};

const POD: Record<string, string> = {
  Pending: PROGRESSING,
  Terminating: PROGRESSING,
  ContainerCreating: PROGRESSING,
  Running: OK,
  Completed: OK,
  Failed: BAD,
  InvalidImageName: BAD,
  CrashLoopBackOff: BAD,
  ImagePullBackOff: WARNING,
  RegistryUnavailable: WARNING,
  Unknown: UNKNOWN,
};

/** A status with its icon in front; a blank where it has none. */
export function withIcon(kind: 'rollout' | 'replicaSet' | 'analysis' | 'pod', status: string) {
  const icons = { rollout: ROLLOUT, replicaSet: REPLICA_SET, analysis: ANALYSIS, pod: POD }[kind];
  const icon = kind === 'pod' ? (podIcon(status) ?? icons[status]) : icons[status];
  return `${icon ?? ' '} ${status}`;
}

function podIcon(status: string): string | undefined {
  if (status.startsWith('Init:')) return PROGRESSING;
  if (/^(Signal|ExitCode):/.test(status)) return BAD;
  return /Error$|^Err/.test(status) ? WARNING : undefined;
}
