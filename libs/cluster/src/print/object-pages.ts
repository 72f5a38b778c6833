import { inOrder } from '#base';
import type { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import type { ApiResource } from '../discovery/api-resource.js';
import { fetchPages, type ListQuery, type PageOptions } from '../lists/list-pages.js';
import type { ListMeta } from '../lists/table.js';
import { redactSecrets, stripManagedFields, type KubernetesObject } from '../secrets/redact.js';
import { notFound } from './print-outcome.js';

/** Objects of a page that are printed whole: few, as that takes the event loop. */
export const PAGE_OBJECTS = 100;
const NAME_CONCURRENCY = 16;

/** A list of whole objects, as the API server sends it. */
export interface ObjectList {
  metadata?: ListMeta;
  items: KubernetesObject[];
}

/** Objects that may be shown. */
export interface ObjectPage {
  objects: KubernetesObject[];
  remaining: number | undefined;
  replaces: number;
}

/**
 * The objects of a query, page by page, or the error of a name that cannot be had.
 * @param options `limit` and `most` as in `PageOptions`
 */
export async function* objectPages(
  cluster: Cluster,
  query: ListQuery,
  { limit, most, signal }: Pick<PageOptions, 'limit' | 'most' | 'signal'>,
): AsyncGenerator<ObjectPage | ToolError, void> {
  const { resource, namespace, names } = query;
  if (!names) {
    for await (const { list, ...page } of fetchPages<ObjectList>(cluster, query, {
      limit,
      most,
      signal,
    })) {
      yield { objects: showable(list.items, resource), ...page };
    }
    return;
  }
  yield* inOrder(names, NAME_CONCURRENCY, signal, async (name, stop) => {
    const path = resource.path(namespace, name);
    try {
      const object = await cluster.request<KubernetesObject>(path, { signal: stop });
      return { objects: showable([object], resource), remaining: 0, replaces: 0 };
    } catch (error) {
      return notFound(error);
    }
  });
}

/** Objects as they may be shown: with their kind, without values of Secrets and managed fields. */
export function showable(
  objects: readonly KubernetesObject[],
  { apiVersion, kind }: ApiResource,
): KubernetesObject[] {
  return objects.map((object) =>
    redactSecrets(stripManagedFields({ apiVersion, kind, ...object })),
  );
}
