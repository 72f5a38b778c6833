import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from '#base';
import { isDryRun, listAll, Outage, type Cluster, type ListQuery } from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';
import { setUnschedulable } from './cordon.js';
import { drainPlan, podName, type DrainPlan, type DrainPod } from './drain-plan.js';
import { counted, DrainProgress, listed, type LeavingPod } from './drain-progress.js';
import type { DrainDto } from './drain.dto.js';
import { evict, type EvictionOptions } from './eviction.js';
import { listMetadata } from '../pods/list-metadata.js';

/** Evictions at a time. */
const CONCURRENCY = 16;
/** Milliseconds between two looks at the pods of the node. */
const LOOK_MS = 1_000;
/** Milliseconds until a blocked eviction is tried again, as in kubectl. */
const RETRY_MS = 5_000;

/**
 * Cordons a node and evicts its pods until none is left that has to go. Evictions respect
 * PodDisruptionBudgets. Nothing is changed if the node has pods that the query does not allow to
 * evict.
 * @throws ToolError `precondition` with every reason not to begin; `timeout` with what is done,
 * what is left and which budget holds it; the refusal of the API server once only pods that cannot
 * be evicted are left
 */
export async function drainNode(
  cluster: Cluster,
  query: DrainDto,
  call: ToolCall,
): Promise<ToolResult> {
  const { node_name: node } = query;
  const dryRun = isDryRun(call);
  const first = await planOf(cluster, query, call.signal);
  if (first.refusals.length > 0) throw refused(node, first.refusals, 'Nothing was changed.');
  // An unknown node has no pods. This call reports it as not found.
  const cordoned = await setUnschedulable(cluster, node, true, call);
  if (dryRun) return preview(cluster, first, cordoned, call);
  const limit = AbortSignal.timeout(query.timeout_seconds * 1_000);
  const signal = AbortSignal.any([call.signal, limit]);
  let progress = new DrainProgress(first.evict);
  const outage = new Outage(signal, (message) =>
    call.progress({ progress: progress.gone.length, total: progress.total, message }),
  );
  // Pods may have arrived between the first look and the cordon.
  const plan = (await outage.survive(() => planOf(cluster, query, signal))) ?? first;
  if (plan.refusals.length > 0) {
    throw refused(node, plan.refusals, 'The node was cordoned; nothing was evicted.');
  }
  progress = new DrainProgress(plan.evict);
  try {
    await empty(cluster, query, progress, { ...call, signal }, outage);
  } catch (error) {
    if (!limit.aborted || call.signal.aborted) throw progress.stopped(node, error);
    throw progress.timedOut(query, error);
  }
  if (progress.leaving.size > 0) throw progress.incomplete(node);
  const evicted = progress.gone.map(podName);
  return {
    output: [
      `node/${node} drained: ${counted(evicted.length)} evicted`,
      ...listed('Evicted', evicted),
      ...listed('Left where they are', plan.stay),
      cordoned,
    ].join('\n\n'),
    data: { evicted, stay: plan.stay },
  };
}

/**
 * Lists what a drain would do. The API server says which evictions it would refuse now.
 */
async function preview(
  cluster: Cluster,
  { evict: pods, stay }: DrainPlan,
  cordoned: string,
  { signal }: ToolCall,
): Promise<ToolResult> {
  const names = await mapConcurrently(pods, CONCURRENCY, async (pod) => {
    const eviction = await evict(cluster, pod, { dryRun: true, signal });
    if (eviction.state === 'evicted') return podName(pod);
    const why = eviction.state === 'blocked' ? 'held now' : 'cannot be evicted';
    return `${podName(pod)} (${why}: ${eviction.reason})`;
  });
  return {
    output: [
      `${counted(pods.length)} would be evicted (dry run: nothing was changed)`,
      ...listed('Would be evicted', names),
      ...listed('Would be left where they are', stay),
      cordoned,
    ].join('\n\n'),
    data: { evict: pods.map(podName), stay },
  };
}

/** Evicts until only pods that cannot be evicted are left. */
async function empty(
  cluster: Cluster,
  { node_name: node, grace_period_seconds: gracePeriodSeconds }: DrainDto,
  progress: DrainProgress,
  { signal, progress: report }: ToolCall,
  outage: Outage,
): Promise<void> {
  const options = { gracePeriodSeconds, dryRun: false, signal };
  let reported = '';
  for (;;) {
    await mapConcurrently(progress.due, CONCURRENCY, (one) =>
      outage.survive(() => tryOnce(cluster, one, options)),
    );
    const left = await outage.survive(() => uidsOn(cluster, node, signal));
    signal.throwIfAborted();
    if (left) progress.see(left);
    const { total, gone, isOver } = progress;
    const message = [progress.text, ...progress.held, ...progress.refusals].join('; ');
    if (message !== reported) report({ progress: gone.length, total, message });
    reported = message;
    if (isOver) return;
    await sleep(LOOK_MS, undefined, { signal });
  }
}

/**
 * Asks for one eviction and records the answer. An eviction with an unknown outcome is asked for
 * again, which is safe because it names the uid of its pod.
 */
async function tryOnce(cluster: Cluster, one: LeavingPod, options: EvictionOptions): Promise<void> {
  const before = one.eviction;
  one.eviction = { state: 'asked' };
  try {
    one.eviction = await evict(cluster, one.pod, options);
  } catch (error) {
    // A retryable write has not reached the API server.
    if (options.signal.aborted || !(error instanceof ToolError)) throw error;
    if (error.retryable) one.eviction = before;
    if (!error.isOutcomeUnknown) throw error;
  }
  one.retryAt = performance.now() + RETRY_MS;
}

async function planOf(cluster: Cluster, query: DrainDto, signal: AbortSignal): Promise<DrainPlan> {
  const pods = await podsOn(cluster, query.node_name, signal);
  return drainPlan(await listAll<DrainPod>(cluster, pods, signal), query);
}

async function podsOn(cluster: Cluster, node: string, signal: AbortSignal): Promise<ListQuery> {
  const resource = await cluster.discovery.resolve('pods', signal);
  return { resource, fieldSelector: `spec.nodeName=${node}` };
}

/** The uids of the pods on a node. Reads metadata only. */
async function uidsOn(cluster: Cluster, node: string, signal: AbortSignal): Promise<Set<string>> {
  const pods = await listMetadata(cluster, await podsOn(cluster, node, signal), signal);
  return new Set(pods.map(({ metadata }) => metadata.uid));
}

function refused(node: string, refusals: string[], state: string): ToolError {
  const reasons = refusals.map((reason) => `- ${reason}`).join('\n');
  return new ToolError(
    'precondition',
    `Node ${node} was not drained, because it has\n${reasons}\n${state} Set the parameters in brackets to continue.`,
  );
}
