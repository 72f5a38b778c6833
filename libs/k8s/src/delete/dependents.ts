import { inOrder, type Cluster, type KubernetesObject } from '#cluster';
import { listMetadata } from '../pods/list-metadata.js';

/** Dependents that are named. */
const MOST_NAMED = 10;
/** Lists under way at once. */
const AT_ONCE = 8;
/** How long is looked for dependents, in milliseconds. */
const LIMIT_MS = 3_000;

/**
 * The dependents that hold up an object's foreground deletion, for people: of all kinds that can be
 * listed, as far as they are found in time. An owner in a namespace has its dependents there.
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
  const lists = inOrder(kinds, AT_ONCE, limited, async (resource, ended) => {
    // A kind that may not be listed is left out.
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
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `its dependents ${names.slice(0, MOST_NAMED).join(', ')}${more}`.trim();
}
