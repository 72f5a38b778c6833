import { compareTexts } from '#base';
import { ageSince, humanAge, isOwnedBy } from '#cluster';
import { countsOf, type AnalysisRun } from './analysis.js';
import { roleOf } from './replica-set-role.js';
import type { RolloutParts } from './rollout-parts.js';
import { rolloutPhase } from './rollout-phase.js';
import { revisionOf, type ReplicaSet } from './rollout-revisions.js';
import type { Rollout, StoredMetadata } from './rollout.js';
import { COUNT_ICONS, KIND_ICONS, withIcon } from './tree-icons.js';

const SCALE_DOWN_DEADLINE = 'scale-down-deadline';
/** The metadata of a measurement that names the Job which made it. */
const JOB_NAME = 'job-name';

/** One line of the tree, with its children. */
export interface TreeNode {
  icon: string;
  name: string;
  kind: string;
  /** With its icon. */
  status: string;
  age: string;
  info: string;
  children: TreeNode[];
}

interface Part {
  metadata: StoredMetadata;
}

/**
 * What belongs to a rollout, as `kubectl argo rollouts get rollout` shows it: revisions, latest
 * first, each with its parts.
 */
export function rolloutTree(rollout: Rollout, parts: RolloutParts): TreeNode {
  const { uid } = rollout.metadata;
  const sets = ownedBy(parts.replicaSets, uid).sort(byRevision(false));
  const experiments = ownedBy(parts.experiments, uid).sort(byRevision(true));
  const runs = ownedBy(parts.analysisRuns, uid).sort(byRevision(true));
  const all: Part[] = [...sets, ...experiments, ...runs];
  const revisions = [...new Set(all.map(({ metadata }) => revisionOf(metadata)))];
  const of = <T extends Part>(list: readonly T[], revision: number) =>
    list.filter(({ metadata }) => revisionOf(metadata) === revision);
  return {
    icon: KIND_ICONS.rollout,
    name: rollout.metadata.name,
    kind: 'Rollout',
    status: withIcon('rollout', rolloutPhase(rollout).phase),
    age: ageSince(rollout.metadata.creationTimestamp),
    info: '',
    children: revisions
      .sort((a, b) => b - a)
      .map((revision) => ({
        icon: KIND_ICONS.revision,
        name: `revision:${revision}`,
        kind: '',
        status: '',
        age: '',
        info: '',
        children: [
          ...of(sets, revision).map((set) => replicaSetNode(set, parts, rollout)),
          ...of(experiments, revision).map((experiment) => experimentNode(experiment, parts)),
          ...of(runs, revision).map(analysisRunNode),
        ],
      })),
  };
}

function replicaSetNode(set: ReplicaSet, { pods }: RolloutParts, rollout?: Rollout): TreeNode {
  const { metadata } = set;
  const deadline = metadata.annotations?.[SCALE_DOWN_DEADLINE];
  const info = [
    ...(rollout ? roleOf(rollout, set) : []),
    ...(deadline ? [`delay:${delayOf(deadline)}`] : []),
  ];
  return {
    ...nodeOf(metadata, KIND_ICONS.replicaSet, 'ReplicaSet'),
    status: withIcon('replicaSet', replicaSetHealth(set)),
    info: info.join(','),
    children: ownedBy(pods, metadata.uid)
      .sort(byAge)
      .map(({ metadata: pod, ready, status, restarts }) => ({
        ...nodeOf(pod, KIND_ICONS.pod, 'Pod'),
        status: withIcon('pod', status),
        info: `ready:${ready}${restarts > 0 ? `,restarts:${restarts}` : ''}`,
        children: [],
      })),
  };
}

function experimentNode(
  { metadata, status }: RolloutParts['experiments'][number],
  parts: RolloutParts,
): TreeNode {
  return {
    ...nodeOf(metadata, KIND_ICONS.experiment, 'Experiment'),
    status: withIcon('analysis', status?.phase ?? ''),
    info: '',
    children: [
      ...ownedBy(parts.replicaSets, metadata.uid)
        .sort(byRevision(false))
        .map((set) => replicaSetNode(set, parts)),
      ...ownedBy(parts.analysisRuns, metadata.uid).sort(byRevision(true)).map(analysisRunNode),
    ],
  };
}

function analysisRunNode(run: AnalysisRun): TreeNode {
  const { metadata, status } = run;
  const measurements = (status?.metricResults ?? []).flatMap((result) => result.measurements ?? []);
  const counts = Object.entries(countsOf(run)) as [keyof typeof COUNT_ICONS, number][];
  return {
    ...nodeOf(metadata, KIND_ICONS.analysisRun, 'AnalysisRun'),
    status: withIcon('analysis', status?.phase ?? ''),
    info: counts
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${COUNT_ICONS[kind]} ${count}`)
      .join(','),
    children: measurements.flatMap(({ phase, startedAt, metadata: job }) =>
      job?.[JOB_NAME] === undefined
        ? []
        : [
            {
              icon: KIND_ICONS.job,
              name: job[JOB_NAME],
              kind: 'Job',
              status: withIcon('analysis', phase),
              age: startedAt ? ageSince(startedAt) : '',
              info: '',
              children: [],
            },
          ],
    ),
  };
}

function nodeOf({ name, creationTimestamp }: StoredMetadata, icon: string, kind: string) {
  return { icon, name, kind, age: ageSince(creationTimestamp) };
}

/** The health of a ReplicaSet, by the rules of Argo Rollouts (info, replica sets). */
function replicaSetHealth({ metadata, spec, status = {} }: ReplicaSet): string {
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return 'Progressing';
  const isFailing = status.conditions?.some(
    (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True',
  );
  if (isFailing) return 'ReplicaFailure';
  const wanted = spec.replicas ?? 0;
  if ((status.availableReplicas ?? 0) < wanted) return 'Progressing';
  return wanted === 0 ? 'ScaledDown' : 'Healthy';
}

function delayOf(deadline: string): string {
  const seconds = (Date.parse(deadline) - Date.now()) / 1_000;
  return seconds < 0 ? 'passed' : humanAge(seconds);
}

function ownedBy<T extends Part>(parts: readonly T[], uid: string): T[] {
  return parts.filter(({ metadata }) => isOwnedBy(metadata, uid));
}

/** Latest revision first; within a revision by age if asked for, then by name. */
function byRevision(withAge: boolean): (a: Part, b: Part) => number {
  return (a, b) =>
    revisionOf(b.metadata) - revisionOf(a.metadata) ||
    (withAge ? byAge(a, b) : compareTexts(a.metadata.name, b.metadata.name));
}

function byAge(a: Part, b: Part): number {
  const time = ({ metadata }: Part) => Date.parse(metadata.creationTimestamp);
  return time(a) - time(b) || compareTexts(a.metadata.name, b.metadata.name);
}
