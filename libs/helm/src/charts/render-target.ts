import type { Cluster, Clusters } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import type { HelmFlags } from '../cli/helm-cli.js';

/**
 * Milliseconds for which the list of API versions may be cached: a definition may have been
 * installed just now.
 */
const MAX_AGE_MS = 10_000;

/** Milliseconds in which the API server must answer. */
const ANSWER_LIMIT_MS = 5_000;

/** What a chart is rendered for. */
export interface RenderTarget {
  flags: HelmFlags;
  /** A remark for the answer. */
  remark?: string;
}

/**
 * The Kubernetes version and the API versions of the cluster that a call is for, as helm would find
 * them in an installation. If no cluster answers, and the call did not name one, the versions that
 * helm assumes.
 * @throws ToolError as `Clusters.of` and `Cluster.request`, for a context that the call names
 */
export async function renderTarget(clusters: Clusters, call: ToolCall): Promise<RenderTarget> {
  try {
    return { flags: await capabilitiesOf(clusters.of(call), call.signal) };
  } catch (error) {
    const isNamed = call.shared['context'] !== undefined;
    if (!(error instanceof ToolError) || isNamed || call.signal.aborted) throw error;
    const remark = `Rendered without a cluster, for the versions of Kubernetes and its API that helm assumes: ${error.message}`;
    return { flags: {}, remark };
  }
}

async function capabilitiesOf(cluster: Cluster, signal: AbortSignal): Promise<HelmFlags> {
  const late = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const either = AbortSignal.any([signal, late]);
  try {
    const [{ gitVersion }, resources] = await Promise.all([
      cluster.request<{ gitVersion: string }>('/version', { signal: either }),
      cluster.discovery.served(MAX_AGE_MS, either),
    ]);
    const versions = resources.flatMap(({ group, version, kind }) => {
      const groupVersion = group === '' ? version : `${group}/${version}`;
      return [groupVersion, `${groupVersion}/${kind}`];
    });
    return { 'kube-version': gitVersion, 'api-versions': [...new Set(versions)] };
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
    const message = `The API server of context "${cluster.name}" does not answer.`;
    throw new ToolError('unavailable', message, { cause: error });
  }
}
