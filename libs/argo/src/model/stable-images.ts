import { fetchPages, isOwnedBy, type Cluster } from '#cluster';
import { ToolError } from '#tools';
import { templateHash, TEMPLATE_HASH, type ReplicaSet } from './rollout-revisions.js';
import { isFullyPromoted, type Rollout } from './rollout.js';

/** Hashes of one query: its address may not be longer than API servers and proxies take. */
const HASHES = 200;
const PAGE_REPLICA_SETS = 200;

/** The images of the stable version, by the uid of the rollout. */
export type StableImages = Map<string, string[]>;

/**
 * The images that the stable pods of some rollouts run, of those with an update under way. One
 * whose stable version is gone is left out.
 * @param namespace undefined for all
 */
export async function stableImages(
  cluster: Cluster,
  rollouts: readonly Rollout[],
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<StableImages> {
  const updating = rollouts.filter((one) => one.status?.stableRS && !isFullyPromoted(one));
  const images: StableImages = new Map();
  if (updating.length === 0) return images;
  const resource = await cluster.discovery.resolve('replicasets.apps', signal);
  for (let at = 0; at < updating.length; at += HASHES) {
    const some = updating.slice(at, at + HASHES);
    const hashes = [...new Set(some.map(({ status }) => status?.stableRS))];
    const query = {
      resource,
      namespace,
      labelSelector: `${TEMPLATE_HASH} in (${hashes.join(',')})`,
    };
    const options = { limit: PAGE_REPLICA_SETS, signal };
    const pages = fetchPages<{ items: ReplicaSet[] }>(cluster, query, options);
    try {
      for await (const { list } of pages) addImages(images, some, list.items);
    } catch (error) {
      // One who may only see rollouts gets the list without them.
      if (!(error instanceof ToolError) || error.code !== 'forbidden') throw error;
      return images;
    }
  }
  return images;
}

function addImages(
  images: StableImages,
  rollouts: readonly Rollout[],
  replicaSets: readonly ReplicaSet[],
): void {
  const byHash = Map.groupBy(replicaSets, templateHash);
  for (const { metadata, status } of rollouts) {
    const stable = byHash
      .get(status?.stableRS)
      ?.find((replicaSet) => isOwnedBy(replicaSet.metadata, metadata.uid));
    const containers = stable?.spec.template.spec?.containers;
    if (containers)
      images.set(
        metadata.uid,
        containers.map(({ image }) => image),
      );
  }
}
