import { apiStatusOf, type Cluster } from '#cluster';
import { ToolError } from '#tools';
import { podName, type DrainPod } from './drain-plan.js';
import { podPath } from './pod-path.js';

/** How a request to evict a pod went: `gone` where there is nothing left to evict. */
export type Eviction =
  | { state: 'evicted' | 'gone' }
  /** Refused for now; `reason` names the PodDisruptionBudget if it is one. */
  | { state: 'blocked'; reason: string };

export interface EvictionOptions {
  gracePeriodSeconds?: number;
  dryRun: boolean;
  signal: AbortSignal;
}

/**
 * Asks the API server to evict one pod (policy/v1 Eviction), and no later one of its name.
 * @throws ToolError for a refusal that waiting does not change
 */
export async function evict(
  cluster: Cluster,
  pod: DrainPod,
  { gracePeriodSeconds, dryRun, signal }: EvictionOptions,
): Promise<Eviction> {
  const { name, namespace, uid } = pod.metadata;
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
  try {
    await cluster.request(`${podPath(namespace, name)}/eviction`, { method: 'POST', body, signal });
    return { state: 'evicted' };
  } catch (error) {
    const status = apiStatusOf(error);
    if (!(error instanceof ToolError) || !status) throw error;
    if (status.code === 404 || status.code === 409) return { state: 'gone' };
    const causes = status.details?.causes ?? [];
    // Its namespace is going away, and the pod with it.
    if (causes.some(({ reason }) => reason === 'NamespaceTerminating')) return { state: 'evicted' };
    if (status.code !== 429) {
      const message = `Pod ${podName(pod)} cannot be evicted: ${error.message}`;
      throw new ToolError(error.code, message, { cause: error });
    }
    const budget = causes.find(({ reason }) => reason === 'DisruptionBudget');
    return { state: 'blocked', reason: budget?.message ?? status.message ?? 'too many requests' };
  }
}
