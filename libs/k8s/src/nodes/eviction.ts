import { apiStatusOf, type Cluster } from '#cluster';
import { ToolError, type ToolErrorCode } from '#tools';
import type { DrainPod } from './drain-plan.js';
import { podPath } from '../pods/pod-path.js';

/**
 * Refusals that pass. 404 and 409 need not mean that the pod is gone: its budget may be what is not
 * found or has changed, and an admission webhook may answer with anything. Whether the pod is still
 * there is for a look at the node to tell.
 */
const PASSING = new Set([404, 409, 503, 504]);

/** What the API server answered to the request to evict a pod. */
export type Eviction =
  | { state: 'evicted' }
  /** Refused for now; `reason` names the PodDisruptionBudget if it is one. */
  | { state: 'blocked'; reason: string }
  /** Refused, and waiting does not change that. */
  | { state: 'refused'; reason: string; code: ToolErrorCode };

export interface EvictionOptions {
  gracePeriodSeconds?: number;
  dryRun: boolean;
  signal: AbortSignal;
}

/**
 * Asks the API server to evict one pod (policy/v1 Eviction), and no later one of its name. It does
 * not wait where it is asked to come back later.
 * @throws ToolError where there is no answer about this pod: cancelled, timed out, the API server
 * away or our credentials refused
 */
export async function evict(
  cluster: Cluster,
  { metadata: { name, namespace, uid } }: DrainPod,
  { gracePeriodSeconds, dryRun, signal }: EvictionOptions,
): Promise<Eviction> {
  const deleteOptions = {
    gracePeriodSeconds,
    preconditions: { uid },
    ...(dryRun && { dryRun: ['All'] }),
  };
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions,
  };
  const path = `${podPath(namespace, name)}/eviction`;
  try {
    await cluster.request(path, { method: 'POST', body, signal, waits: false });
    return { state: 'evicted' };
  } catch (error) {
    if (error instanceof ToolError) return refusalOf(error);
    throw error;
  }
}

/** @throws the error itself if it is not about the pod */
function refusalOf(error: ToolError): Eviction {
  const status = apiStatusOf(error);
  const causes = status?.details?.causes ?? [];
  const reason = status?.message ?? error.message;
  // Priority and fairness refuses without a Status.
  if (error.code === 'busy') {
    const budget = causes.find((cause) => cause.reason === 'DisruptionBudget');
    return { state: 'blocked', reason: budget?.message ?? reason };
  }
  if (!status || status.code === 401) throw error;
  // Its namespace is going away, and the pod with it.
  if (causes.some((cause) => cause.reason === 'NamespaceTerminating')) return { state: 'evicted' };
  if (PASSING.has(status.code)) return { state: 'blocked', reason };
  return { state: 'refused', reason, code: error.code };
}
