import { mapConcurrently } from '#base';
import { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import { ageSince } from '../text/age.js';
import {
  lastSeen,
  podsOf,
  replicaSetsOf,
  warningsOf,
  type OwnedReplicaSet,
  type PodOwner,
  type WarningEvent,
} from './pod-owner.js';
import { isReady, type LivePod } from './pod-state.js';
import { podTrouble, said, type PodTrouble } from './pod-trouble.js';

/** Different troubles that are told of one workload. */
const MAX_TROUBLES = 4;

/** Milliseconds for a look at the pods of a workload. */
const LOOK_MS = 8_000;

/** Requests at a time. */
const CONCURRENCY = 4;

/** Pods in the same trouble. */
interface TroubledPods {
  example: PodTrouble;
  count: number;
}

/**
 * Why the pods of a workload do not come, one trouble after the other, each with the next call.
 * Pods of the newest template come first, since they are what a rollout waits for. A look that
 * fails is told, and is no failure.
 * @returns lines, none where nothing seems wrong
 * @throws the reason of the signal
 */
export async function whyPodsAreMissing(
  cluster: Cluster,
  owner: PodOwner,
  signal: AbortSignal,
): Promise<string[]> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
  try {
    return await look(cluster, owner, limited);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    const why = limited.aborted ? `no answer within ${LOOK_MS / 1_000} s.` : error.message;
    return [`Its pods could not be looked at: ${why}`];
  }
}

async function look(cluster: Cluster, owner: PodOwner, signal: AbortSignal): Promise<string[]> {
  const replicaSets = await replicaSetsOf(cluster, owner, signal);
  const pods = await podsOf(cluster, owner, replicaSets, signal);
  const newest = newestOf(owner, replicaSets);
  const isNew = ({ metadata }: LivePod) =>
    newest === undefined || metadata.labels?.[newest.label] === newest.value;
  const inTrouble = (some: LivePod[]) => folded(some.flatMap((pod) => podTrouble(pod) ?? []));
  const current = pods.filter(isNew);
  const ofNew = inTrouble(current);
  const old = pods.filter((pod) => !isNew(pod));
  const isStatefulSet = owner.kind === 'StatefulSet';
  const ofOld = ofNew.length === 0 || isStatefulSet ? inTrouble(old) : [];
  const lines: string[] = [];
  if (current.length < owner.desired) {
    lines.push(...(await creationLines(cluster, owner, replicaSets, signal)));
  }
  lines.push(...(await troubleLines(cluster, owner, ofNew, '', signal)));
  lines.push(...(await troubleLines(cluster, owner, ofOld, ' of an older version', signal)));
  const [stuck] = isStatefulSet ? ofOld : [];
  if (stuck) {
    lines.push(
      `A StatefulSet does not replace a pod that is not ready. k8s_delete of pod ${stuck.example.pod} lets it come back in the new version.`,
    );
  }
  const waits = owner.minReadySeconds ?? 0;
  if (lines.length === 0 && waits > 0 && current.some(isReady)) {
    lines.push(`A pod counts as available once it was ready for minReadySeconds (${waits} s).`);
  }
  return lines;
}

function newestOf({ newest }: PodOwner, [first]: readonly OwnedReplicaSet[]) {
  const hash = first?.metadata.labels?.['pod-template-hash'];
  if (newest !== undefined || hash === undefined) return newest;
  return { label: 'pod-template-hash', value: hash };
}

function folded(troubles: readonly PodTrouble[]): TroubledPods[] {
  const groups = new Map<string, TroubledPods>();
  for (const trouble of troubles) {
    const group = groups.get(trouble.key);
    if (group) group.count++;
    else groups.set(trouble.key, { example: trouble, count: 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

async function troubleLines(
  cluster: Cluster,
  { namespace }: PodOwner,
  groups: readonly TroubledPods[],
  which: string,
  signal: AbortSignal,
): Promise<string[]> {
  const shown = groups.slice(0, MAX_TROUBLES);
  const lines = await mapConcurrently(shown, CONCURRENCY, async ({ example, count }) => {
    const { pod, uid, text, next } = example;
    const warnings = await warningsOf(cluster, namespace, uid, signal);
    const who =
      count === 1
        ? `pod ${pod}${which}: ${text}`
        : `${count} pods${which}: ${text} (such as ${pod})`;
    return [who, ...warningLine(warnings, text), `  next: ${next}`];
  });
  const more = groups.slice(MAX_TROUBLES).reduce((sum, { count }) => sum + count, 0);
  return [...lines.flat(), ...(more > 0 ? [`${more} more pods${which} in other troubles`] : [])];
}

/** Why pods are not even created: a quota, or an admission that refuses them. */
async function creationLines(
  cluster: Cluster,
  owner: PodOwner,
  [newest]: readonly OwnedReplicaSet[],
  signal: AbortSignal,
): Promise<string[]> {
  const { kind, name, uid, namespace, revisionAnnotation } = owner;
  const failure = newest?.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  const isDirect = revisionAnnotation === undefined;
  const maker = isDirect
    ? { kind, name, uid }
    : newest && { kind: 'ReplicaSet', ...newest.metadata };
  if (!maker) return [];
  // A ReplicaSet takes its condition back; events stay for an hour.
  const message = isDirect ? await failedCreate(cluster, namespace, uid, signal) : failure?.message;
  if (message === undefined) return [];
  const quota = /exceeded quota: ([^,\s]+)/.exec(message)?.[1];
  const next = quota
    ? `k8s_describe with resource_type "resourcequota", name "${quota}", namespace "${namespace}"`
    : `k8s_events with resource "${maker.kind.toLowerCase()}/${maker.name}", namespace "${namespace}"`;
  return [
    `${maker.kind} ${maker.name} cannot create its pods: ${said(message)}`,
    `  next: ${next}`,
  ];
}

async function failedCreate(
  cluster: Cluster,
  namespace: string,
  uid: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const warnings = await warningsOf(cluster, namespace, uid, signal);
  return warnings.find(({ reason }) => reason === 'FailedCreate')?.message;
}

/** The last warning that says something new. */
function warningLine(warnings: readonly WarningEvent[], known: string): string[] {
  const warning = warnings.find(({ message }) => !known.includes(said(message)));
  if (!warning) return [];
  const count = warning.series?.count ?? warning.count ?? 1;
  const times = count > 1 ? `, ${count} times` : '';
  const at = lastSeen(warning);
  const age = at === '' ? '' : ` ${ageSince(at)} ago`;
  return [`  last warning${age}${times}: ${warning.reason}: ${said(warning.message)}`];
}
