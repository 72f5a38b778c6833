import { inOrder } from '#base';
import { ToolError } from '#tools';
import { asTable } from '../lists/as-table.js';
import type { Cluster } from '../cluster.js';
import { fetchPages, type ListQuery, type Page, type RowObject } from '../lists/list-pages.js';
import { notFound } from './print-outcome.js';
import { TABLE_ACCEPT, type Table } from '../lists/table.js';
import { namesOf } from '../lists/table-cells.js';

/**
 * Rows of a page, by what they carry. Without metadata a row has some 150 bytes: fewer to a page
 * would only cost round trips.
 */
export const PAGE_ROWS: Readonly<Record<RowObject, number>> = {
  None: 2_500,
  Metadata: 500,
  Object: 200,
};
const NAME_CONCURRENCY = 16;
const NAMESPACE_CONCURRENCY = 16;
/**
 * With more namespaces than this, pages with metadata are cheaper than a request for each
 * namespace.
 */
const MAX_NAMESPACES = 200;

/** A page of a list as a Table; `asTable` reads it. */
export interface TablePage extends Page<Table> {
  /** The namespace of all rows, where neither they nor the query say it. */
  namespace?: string;
}

/**
 * The Tables of one list, in kubectl's order. Rows without their objects are many times smaller;
 * for all namespaces this means a query for each namespace.
 * @param needsObjects whether rows carry their objects
 */
export function tablePages(
  cluster: Cluster,
  query: ListQuery,
  needsObjects: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<TablePage, void> {
  if (needsObjects) return pagesOf(cluster, query, 'Object', signal);
  const isOneList = !query.resource.namespaced || query.namespace !== undefined;
  return isOneList
    ? pagesOf(cluster, query, 'None', signal)
    : pagesOfAllNamespaces(cluster, query, signal);
}

async function* pagesOfAllNamespaces(
  cluster: Cluster,
  query: ListQuery,
  signal: AbortSignal | undefined,
): AsyncGenerator<TablePage, void> {
  const namespaces = await namespacesOf(cluster, signal);
  if (!namespaces) {
    yield* pagesOf(cluster, query, 'Metadata', signal);
    return;
  }
  const firstPages = inOrder(namespaces, NAMESPACE_CONCURRENCY, signal, async (namespace, stop) => {
    const pages = pagesOf(cluster, { ...query, namespace }, 'None', stop);
    return { namespace, pages, first: await pages.next() };
  });
  for await (const { namespace, pages, first } of firstPages) {
    if (!first.done) yield { ...first.value, namespace, remaining: undefined };
    for await (const page of pages) yield { ...page, namespace, remaining: undefined };
  }
}

/**
 * One Table for each name of the query, in its order, or the error of a name that cannot be had.
 */
export async function* tablesOfNames(
  cluster: Cluster,
  { resource, namespace, names = [] }: ListQuery,
  needsObjects: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<TablePage | ToolError, void> {
  yield* inOrder(names, NAME_CONCURRENCY, signal, async (name, stop) => {
    try {
      const list = await cluster.request<Table>(resource.path(namespace, name), {
        accept: TABLE_ACCEPT,
        query: { includeObject: needsObjects ? 'Object' : 'None' },
        signal: stop,
      });
      return { list, remaining: 0, replaces: 0 };
    } catch (error) {
      return notFound(error);
    }
  });
}

function pagesOf(
  cluster: Cluster,
  query: ListQuery,
  includeObject: RowObject,
  signal: AbortSignal | undefined,
): AsyncGenerator<TablePage, void> {
  const limit = PAGE_ROWS[includeObject];
  return fetchPages<Table>(cluster, query, { accept: TABLE_ACCEPT, includeObject, limit, signal });
}

/**
 * The namespaces in the order in which objects of all namespaces are listed, or undefined if they
 * are too many or hidden from us.
 */
async function namespacesOf(
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<string[] | undefined> {
  const resource = await cluster.discovery.resolve('namespaces', signal);
  const pages = fetchPages<Table>(
    cluster,
    { resource },
    { accept: TABLE_ACCEPT, includeObject: 'None', limit: MAX_NAMESPACES, signal },
  );
  try {
    const first = await pages.next();
    const page = first.value as Page<Table>;
    if (page.list.metadata?.continue) return undefined;
    return namesOf(asTable(page.list)).sort(byKey);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'forbidden') return undefined;
    throw error;
  }
}

// Objects are in the order of their keys, where "/" ends the namespace: "a-b/x" comes before "a/x".
function byKey(a: string, b: string): number {
  return `${a}/` < `${b}/` ? -1 : 1;
}
