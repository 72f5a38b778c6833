import { apiStatusOf, type Cluster } from '#cluster';
import { ToolError, type ToolErrorCode } from '#tools';
import type { DrainPod } from './drain-plan.js';
import { podPath } from '../pods/pod-path.js';

/**
 * HTTP statuses of temporary refusals. 404 and 409 do not always mean that the pod is gone: its
 * budget may be missing or have changed, and an admission webhook may answer with any status. The
 * next look at the node shows whether the pod is still there.
 */
const PASSING = new Set([404, 409, 503, 504]);

/** The API server's answer to an eviction. */
export type Eviction =
  | { state: 'evicted' }
  /** Refused for now; `reason` names the PodDisruptionBudget if it is one. */
  | { state: 'blocked'; reason: string }
  /** Refused for good. */
  | { state: 'refused'; reason: string; code: ToolErrorCode };

export interface EvictionOptions {
  gracePeriodSeconds?: number;
  dryRun: boolean;
  signal: AbortSignal;
}

/**
 * Asks the API server to evict one pod (policy/v1 Eviction), and no later pod of the same name. It
 * does not wait for a `Retry-After`.
 * @throws ToolError without an answer about this pod: the call is cancelled or timed out, the API
 * server is unreachable, or it refuses our credentials
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
  // API priority and fairness refuses without a Status.
  if (error.code === 'busy') {
    const budget = causes.find((cause) => cause.reason === 'DisruptionBudget');
    return { state: 'blocked', reason: budget?.message ?? reason };
  }
  if (!status || status.code === 401) throw error;
  // The namespace is being deleted, and the pod with it.
  if (causes.some((cause) => cause.reason === 'NamespaceTerminating')) return { state: 'evicted' };
  if (PASSING.has(status.code)) return { state: 'blocked', reason };
  return { state: 'refused', reason, code: error.code };
}
