import { apiStatusOf } from '../http/api-error.js';
import type { ApiResource } from '../discovery/api-resource.js';
import type { Cluster } from '../cluster.js';
import type { ListMeta } from './table.js';
import { AnswerTooLarge } from '../http/transport-error.js';

/** What to list of one resource type. */
export interface ListQuery {
  resource: ApiResource;
  /** All namespaces if left out; also left out for cluster-scoped resources. */
  namespace?: string;
  /**
   * Only the objects of these names, in this order; a namespaced resource then needs `namespace`.
   */
  names?: readonly string[];
  labelSelector?: string;
  fieldSelector?: string;
}

export interface PageOptions {
  accept?: string;
  /** How much of each object a Table row carries. */
  includeObject?: 'None' | 'Metadata';
  /** Most items of one page. */
  limit: number;
  signal?: AbortSignal;
}

/** What lists and Tables have in common. */
export interface ListDocument {
  metadata?: ListMeta;
  items?: unknown[] | null;
  rows?: unknown[];
}

/** One page of a list. */
export interface Page<T> {
  list: T;
  /** How many items come after this page; undefined where the API server does not say. */
  remaining: number | undefined;
  /**
   * The number of earlier items that this page replaces: the list was too old to be continued and
   * began again.
   */
  replaces: number;
}

/** Bytes of a page. Parsing it blocks the event loop. */
const PAGE_BYTES = 2 * 1024 * 1024;

/** The divisor for the size of a page that was too large. */
const SHRINK = 5;

/**
 * Lists page by page, so that a large list neither fills memory nor blocks the event loop. Large
 * objects make pages shorter.
 * @throws ToolError as `Cluster.request`
 */
export async function* fetchPages<T extends ListDocument>(
  cluster: Cluster,
  { resource, namespace, labelSelector, fieldSelector }: ListQuery,
  { accept, includeObject, limit: most, signal }: PageOptions,
): AsyncGenerator<Page<T>, void> {
  let limit = most;
  const path = resource.path(namespace);
  const query = { labelSelector, fieldSelector, includeObject };
  let token: string | undefined;
  let listed = 0;
  for (;;) {
    let list: T;
    let replaces = 0;
    try {
      list = await cluster.request<T>(path, {
        accept,
        query: { ...query, limit, continue: token },
        signal,
        maxBytes: limit > 1 ? PAGE_BYTES : undefined,
      });
    } catch (error) {
      if (error instanceof AnswerTooLarge && limit > 1) {
        limit = Math.ceil(limit / SHRINK);
        continue;
      }
      // The list is no longer in the API server's history. Fetched all at once it cannot expire.
      if (token === undefined || apiStatusOf(error)?.code !== 410) throw error;
      list = await cluster.request<T>(path, { accept, query, signal });
      replaces = listed;
    }
    token = list.metadata?.continue || undefined;
    listed += (list.rows ?? list.items ?? []).length;
    const remaining = token === undefined ? 0 : list.metadata?.remainingItemCount;
    yield { list, remaining, replaces };
    if (token === undefined) return;
  }
}

/** All objects of a list at once, for lists that are known to be short. They are not redacted. */
export async function listAll<T>(
  cluster: Cluster,
  query: ListQuery,
  signal?: AbortSignal,
): Promise<T[]> {
  const objects: T[] = [];
  const pages = fetchPages<{ metadata?: ListMeta; items: T[] }>(cluster, query, {
    limit: 200,
    signal,
  });
  for await (const { list, replaces } of pages) {
    if (replaces > 0) objects.splice(-replaces);
    for (const item of list.items) objects.push(item);
  }
  return objects;
}
