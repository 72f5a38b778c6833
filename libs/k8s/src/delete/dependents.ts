import { inOrder } from '#base';
import type { Cluster, KubernetesObject } from '#cluster';
import { listMetadata } from '../pods/list-metadata.js';

/** Most dependents to name. */
const MAX_NAMED = 10;
/** Lists at a time. */
const CONCURRENCY = 8;
/** Most milliseconds to look for dependents. */
const LIMIT_MS = 3_000;

/**
 * The dependents that block the foreground deletion of an object, as text. Looks at all kinds that
 * can be listed, within a time limit. The dependents of a namespaced owner are in its namespace.
 */
export async function dependentsText(
  cluster: Cluster,
  namespace: string | undefined,
  { metadata: owner }: KubernetesObject,
  signal: AbortSignal,
): Promise<string> {
  const all = await cluster.discovery.all(signal);
  const kinds = all.filter(
    ({ namespaced, verbs }) => verbs.includes('list') && (namespaced || namespace === undefined),
  );
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const lists = inOrder(kinds, CONCURRENCY, limited, async (resource, ended) => {
    // Leaves out a kind that this server may not list.
    const objects = await listMetadata(cluster, { resource, namespace }, ended).catch(() => []);
    return objects
      .filter(({ metadata: { ownerReferences = [] } }) =>
        ownerReferences.some(
          ({ uid, blockOwnerDeletion }) => uid === owner?.uid && blockOwnerDeletion,
        ),
      )
      .map((object) => resource.label(object.metadata.name));
  });
  const names: string[] = [];
  for await (const found of lists) names.push(...found);
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return `its dependents ${names.slice(0, MAX_NAMED).join(', ')}${more}`.trim();
}
