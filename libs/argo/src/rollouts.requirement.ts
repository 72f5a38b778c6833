import { Injectable } from '@nestjs/common';
import { Clusters, type Cluster } from '#cluster';
import { ToolRequirement, type RequirementScope } from '#tools';
import { ROLLOUTS } from './model/resource-types.js';

/** How long a check that Argo Rollouts is installed stays valid. */
const KNOWN_MS = 30_000;
/** The same for a listing of tools, which is rare and read by people. */
const LISTED_KNOWN_MS = 5_000;
/** How long a listing waits for a cluster, and how long it then leaves that cluster alone. */
const LISTING_LIMIT_MS = 1_000;
const SILENT_MS = 30_000;

/**
 * The custom resource definitions of Argo Rollouts, in the cluster of the call; for a listing, in
 * any cluster.
 */
@Injectable()
export class RolloutsRequirement extends ToolRequirement {
  /** Clusters that did not answer, with the time until which they are not asked again. */
  private readonly silent = new Map<Cluster, number>();

  constructor(private readonly clusters: Clusters) {
    super();
  }

  override async missing(scope?: RequirementScope): Promise<string | undefined> {
    if (scope) {
      const cluster = this.clusters.of(scope);
      const isThere = await cluster.discovery.serves(ROLLOUTS, KNOWN_MS, scope.signal);
      return isThere ? undefined : notInstalled([cluster.name]);
    }
    const { names } = this.clusters;
    const lacks = await Promise.all(names.map((name) => this.isKnownToLack(name)));
    return names.length > 0 && lacks.every(Boolean) ? notInstalled(names) : undefined;
  }

  private async isKnownToLack(name: string): Promise<boolean> {
    try {
      const cluster = this.clusters.get(name);
      if (performance.now() < (this.silent.get(cluster) ?? 0)) return false;
      const signal = AbortSignal.timeout(LISTING_LIMIT_MS);
      const serves = cluster.discovery.serves(ROLLOUTS, LISTED_KNOWN_MS, signal);
      return !(await serves.catch((error: unknown) => {
        this.silent.set(cluster, performance.now() + SILENT_MS);
        throw error;
      }));
    } catch {
      // A call will say what is wrong with the cluster.
      return false;
    }
  }
}

function notInstalled(contexts: readonly string[]): string {
  const where = contexts.length === 1 ? 'the context' : 'any of the contexts';
  return (
    `Argo Rollouts is not installed in ${where} ${contexts.join(', ')}. Install it: kubectl create namespace argo-rollouts, then ` +
    'kubectl apply -n argo-rollouts -f https://github.com/argoproj/argo-rollouts/releases/latest/download/install.yaml ' +
    '(https://argo-rollouts.readthedocs.io/en/stable/installation/)'
  );
}
