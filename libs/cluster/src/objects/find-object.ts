import { nearestHint, nearestNames } from '#base';
import { ToolError } from '#tools';
import { apiStatusOf } from '../http/api-error.js';
import { asTable } from '../lists/as-table.js';
import type { Cluster } from '../cluster.js';
import { fetchPages, listAll } from '../lists/list-pages.js';
import type { KubernetesObject } from '../secrets/redact.js';
import { TABLE_ACCEPT, type Table } from '../lists/table.js';
import { namesOf } from '../lists/table-cells.js';
import type { ObjectRef } from './object-ref.js';
import { readObject } from './write.js';

/** Names that are looked at for the nearest ones. */
const MAX_NAMES = 2_500;

/**
 * Reads an object, whole. For a name that does not exist the error names those most like it or, if
 * there are none, the other namespaces that have it.
 * @param listHint the way to all names, as a sentence
 * @throws ToolError `not_found`, and as `Cluster.request`
 */
export async function findObject(
  cluster: Cluster,
  ref: ObjectRef,
  listHint: string,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  try {
    return await readObject(cluster, ref, signal);
  } catch (error) {
    if (!(error instanceof ToolError) || apiStatusOf(error)?.code !== 404) throw error;
    const hint = await nameHint(cluster, ref, signal).catch((cause: unknown) => {
      // The right to read one object does not include the right to list them.
      if (cause instanceof ToolError && cause.code === 'forbidden') return undefined;
      throw cause;
    });
    const { resource, name, namespace } = ref;
    const where = resource.namespaced ? ` in the namespace "${namespace}"` : '';
    const message = `${resource.groupResource} "${name}" not found${where}.${hint ?? ` ${listHint}`}`;
    throw error.with({ message, cause: error });
  }
}

/** A sentence with a space before it; undefined where there is nothing to say. */
async function nameHint(
  cluster: Cluster,
  { resource, namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<string | undefined> {
  const pages = fetchPages<Table>(
    cluster,
    { resource, namespace },
    { accept: TABLE_ACCEPT, includeObject: 'None', limit: MAX_NAMES, signal },
  );
  const first = await pages.next();
  const names = first.done ? [] : namesOf(asTable(first.value.list));
  const nearest = nearestHint(nearestNames(name, names));
  if (nearest !== '') return nearest;
  if (!resource.namespaced) return undefined;
  const query = { resource, fieldSelector: `metadata.name=${name}` };
  const elsewhere = (await listAll<KubernetesObject>(cluster, query, signal)).map(
    ({ metadata }) => metadata?.namespace,
  );
  return elsewhere.length > 0 ? ` There is one in ${elsewhere.join(', ')}.` : undefined;
}
