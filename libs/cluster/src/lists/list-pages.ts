import { apiStatusOf } from '../http/api-error.js';
import type { ApiResource } from '../discovery/api-resource.js';
import type { Cluster } from '../cluster.js';
import { withSelectableFields } from './field-selector.js';
import { nextLimit } from './page-size.js';
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
  includeObject?: RowObject;
  /** Most items of the first page. */
  limit: number;
  /** Most items of later pages, which have more than the first where they are small. */
  most?: number;
  signal?: AbortSignal;
}

/** How much of its object a row of a Table carries. */
export type RowObject = 'None' | 'Metadata' | 'Object';

/** A page, or without a limit the whole list. */
interface PageRequest extends Partial<PageOptions> {
  /** The API server's `continue` of the page before. */
  token?: string;
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
 * One page of a list.
 * @throws ToolError as `Cluster.request`; AnswerTooLarge for a page of several objects that is too
 * large, which `smallerLimit` helps; `invalid_input` for a field that nothing is selected by
 */
export async function fetchPage<T extends ListDocument>(
  cluster: Cluster,
  { resource, namespace, labelSelector, fieldSelector }: ListQuery,
  { accept, includeObject, limit, token, signal }: PageRequest,
): Promise<T> {
  try {
    return await cluster.request<T>(resource.path(namespace), {
      accept,
      query: { labelSelector, fieldSelector, includeObject, limit, continue: token },
      signal,
      maxBytes: limit !== undefined && limit > 1 ? PAGE_BYTES : undefined,
    });
  } catch (error) {
    throw fieldSelector === undefined
      ? error
      : await withSelectableFields(cluster, resource, error, signal);
  }
}

/** The most items of a page to ask for, where a page of so many was too large. */
export function smallerLimit(limit: number): number {
  return Math.ceil(limit / SHRINK);
}

/**
 * Lists page by page, so that a large list neither fills memory nor blocks the event loop. Large
 * objects make pages shorter, small ones make them longer.
 * @throws ToolError as `Cluster.request`
 */
export async function* fetchPages<T extends ListDocument>(
  cluster: Cluster,
  query: ListQuery,
  { accept, includeObject, signal, ...size }: PageOptions,
): AsyncGenerator<Page<T>, void> {
  let { limit, most } = size;
  const request = { accept, includeObject, signal };
  let token: string | undefined;
  let listed = 0;
  for (;;) {
    let list: T;
    let replaces = 0;
    try {
      list = await fetchPage<T>(cluster, query, { ...request, limit, token });
    } catch (error) {
      if (error instanceof AnswerTooLarge && limit > 1) {
        limit = smallerLimit(limit);
        // What follows may be as large: each page that is given up costs what it has read.
        most = limit;
        continue;
      }
      // The list is no longer in the API server's history. Fetched all at once it cannot expire.
      if (token === undefined || apiStatusOf(error)?.code !== 410) throw error;
      list = await fetchPage<T>(cluster, query, request);
      replaces = listed;
    }
    token = list.metadata?.continue || undefined;
    const items = list.rows ?? list.items ?? [];
    listed += items.length;
    if (token !== undefined) limit = nextLimit(limit, items, most);
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
