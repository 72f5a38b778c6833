import {
  asTable,
  fetchPages,
  isOwnedBy,
  listAll,
  TABLE_ACCEPT,
  type Cluster,
  type KubernetesObject,
  type Table,
} from '#cluster';
import { podSelector, type ReplicaSet } from './rollout-revisions.js';
import { ANALYSIS_RUNS, EXPERIMENTS } from './resource-types.js';
import type { AnalysisRun, Experiment } from './analysis.js';
import type { Rollout, StoredMetadata } from './rollout.js';

const PAGE_PODS = 500;

/** A pod, with the columns of `kubectl get`. */
export interface Pod {
  metadata: StoredMetadata;
  ready: string;
  status: string;
  restarts: number;
}

/** What is read of an Event (core/v1). */
export interface RolloutEvent extends KubernetesObject {
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  lastTimestamp?: string;
  eventTime?: string;
  metadata: StoredMetadata;
}

/** All that belongs to a rollout, directly or through its experiments. */
export interface RolloutParts {
  replicaSets: ReplicaSet[];
  pods: Pod[];
  experiments: Experiment[];
  analysisRuns: AnalysisRun[];
  /** Events of the rollout itself, oldest first. */
  events: RolloutEvent[];
}

/** Reads what belongs to a rollout, in parallel. */
export async function readParts(
  cluster: Cluster,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<RolloutParts> {
  const { namespace, uid } = rollout.metadata;
  const list = async <T>(type: string, selectors: object = {}) => {
    const resource = await cluster.discovery.resolve(type, signal);
    return listAll<T>(cluster, { resource, namespace, ...selectors }, signal);
  };
  const ofRollout = { labelSelector: podSelector(rollout) };
  const [replicaSets, pods, experiments, analysisRuns, events] = await Promise.all([
    list<ReplicaSet>('replicasets.apps', ofRollout),
    podsOf(cluster, namespace, ofRollout, signal),
    list<Experiment>(EXPERIMENTS),
    list<AnalysisRun>(ANALYSIS_RUNS),
    list<RolloutEvent>('events', { fieldSelector: `involvedObject.uid=${uid}` }),
  ]);
  const own = experiments.filter(({ metadata }) => isOwnedBy(metadata, uid));
  const parts = { experiments: own, analysisRuns, events: events.sort(byTime) };
  if (own.length === 0) return { replicaSets, pods, ...parts };
  // The objects of an experiment have labels of their own.
  const [allSets, allPods] = await Promise.all([
    list<ReplicaSet>('replicasets.apps'),
    podsOf(cluster, namespace, {}, signal),
  ]);
  return { replicaSets: allSets, pods: allPods, ...parts };
}

/** Reads Tables: in them the API server puts the state of a pod into words. */
async function podsOf(
  cluster: Cluster,
  namespace: string,
  selectors: { labelSelector?: string },
  signal: AbortSignal,
): Promise<Pod[]> {
  const resource = await cluster.discovery.resolve('pods', signal);
  const pages = fetchPages<Table>(
    cluster,
    { resource, namespace, ...selectors },
    { accept: TABLE_ACCEPT, includeObject: 'Metadata', limit: PAGE_PODS, signal },
  );
  const pods: Pod[] = [];
  for await (const { list, replaces } of pages) {
    if (replaces > 0) pods.splice(-replaces);
    const { columnDefinitions, rows } = asTable(list);
    const names = columnDefinitions.map(({ name }) => name.toLowerCase());
    const cell = (cells: unknown[], name: string) => {
      const value = cells[names.indexOf(name)];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    };
    for (const { cells, object } of rows) {
      pods.push({
        metadata: object?.metadata as StoredMetadata,
        ready: cell(cells, 'ready'),
        status: cell(cells, 'status'),
        // "2 (5m ago)"
        restarts: Number.parseInt(cell(cells, 'restarts'), 10) || 0,
      });
    }
  }
  return pods;
}

/** When an event was last seen, in ISO 8601. */
export function timeOf({ lastTimestamp, eventTime, metadata }: RolloutEvent): string {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
}

function byTime(a: RolloutEvent, b: RolloutEvent): number {
  return Date.parse(timeOf(a)) - Date.parse(timeOf(b));
}
