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
  private readonly silent = new WeakMap<Cluster, number>();
  /** Whether each cluster lacked them when it was last asked. */
  private readonly lacked = new WeakMap<Cluster, boolean>();

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

  /** No listing starts the credential plugin of a context, which may ask a person to log in. */
  private async isKnownToLack(name: string): Promise<boolean> {
    let cluster: Cluster;
    try {
      cluster = this.clusters.get(name);
    } catch {
      // A call will say what is wrong with the context.
      return false;
    }
    const isSilent = performance.now() < (this.silent.get(cluster) ?? 0);
    if (cluster.isAtHand && !isSilent) await this.ask(cluster);
    return this.lacked.get(cluster) ?? false;
  }

  private async ask(cluster: Cluster): Promise<void> {
    const signal = AbortSignal.timeout(LISTING_LIMIT_MS);
    try {
      const isThere = await cluster.discovery.serves(ROLLOUTS, LISTED_KNOWN_MS, signal);
      this.lacked.set(cluster, !isThere);
    } catch {
      this.silent.set(cluster, performance.now() + SILENT_MS);
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
