import { ToolError } from '#tools';
import { asTable } from './as-table.js';
import type { Cluster } from './cluster.js';
import { fetchPages, type ListQuery, type Page } from './list-pages.js';
import { inOrder } from './ordered.js';
import { notFound } from './print-outcome.js';
import { TABLE_ACCEPT, type Table } from './table.js';
import { namesOf } from './table-text.js';

/** Rows of a page. Without metadata a row has some 150 bytes: fewer to a page would only cost round trips. */
const PAGE_ROWS = { None: 2_500, Metadata: 500 };
const NAMES_AT_ONCE = 16;
const NAMESPACES_AT_ONCE = 16;
/** With more namespaces than this, pages with metadata are cheaper than a request for each namespace. */
const MOST_NAMESPACES = 200;

export interface TablePage {
  table: Table;
  /** The namespace of all rows, where they do not say it themselves. */
  namespace: string | undefined;
  remaining: number | undefined;
  /** So many rows before this page count no more. */
  replaces: number;
}

/**
 * The Tables of one list, in kubectl's order. Rows come without their objects, which makes them many times smaller; for all namespaces
 * this means a query for each namespace.
 */
export async function* tablePages(
  cluster: Cluster,
  query: ListQuery,
  signal: AbortSignal | undefined,
): AsyncGenerator<TablePage, void> {
  const { resource, namespace } = query;
  if (!resource.namespaced || namespace !== undefined) {
    yield* pagesOf(cluster, query, 'None', signal);
    return;
  }
  const namespaces = await namespacesOf(cluster, signal);
  if (!namespaces) {
    yield* pagesOf(cluster, query, 'Metadata', signal);
    return;
  }
  const firstPages = inOrder(namespaces, NAMESPACES_AT_ONCE, signal, async (name, stop) => {
    const pages = pagesOf(cluster, { ...query, namespace: name }, 'None', stop);
    return { pages, first: await pages.next() };
  });
  for await (const { pages, first } of firstPages) {
    if (!first.done) yield { ...first.value, remaining: undefined };
    for await (const page of pages) yield { ...page, remaining: undefined };
  }
}

/** One Table for each name of the query, in its order, or the error of a name that cannot be had. */
export async function* tablesOfNames(
  cluster: Cluster,
  { resource, namespace, names = [] }: ListQuery,
  signal: AbortSignal | undefined,
): AsyncGenerator<TablePage | ToolError, void> {
  yield* inOrder(names, NAMES_AT_ONCE, signal, async (name, stop) => {
    try {
      const document = await cluster.request<Table>(resource.path(namespace, name), {
        accept: TABLE_ACCEPT,
        query: { includeObject: 'None' },
        signal: stop,
      });
      return { table: asTable(document), namespace, remaining: 0, replaces: 0 };
    } catch (error) {
      return notFound(error);
    }
  });
}

async function* pagesOf(
  cluster: Cluster,
  query: ListQuery,
  includeObject: 'None' | 'Metadata',
  signal: AbortSignal | undefined,
): AsyncGenerator<TablePage, void> {
  const options = { accept: TABLE_ACCEPT, includeObject, limit: PAGE_ROWS[includeObject], signal };
  for await (const { list, remaining, replaces } of fetchPages<Table>(cluster, query, options)) {
    yield { table: asTable(list), namespace: query.namespace, remaining, replaces };
  }
}

/** The namespaces in the order in which objects of all namespaces are listed, or undefined if they are too many or hidden from us. */
async function namespacesOf(
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<string[] | undefined> {
  const resource = await cluster.discovery.resolve('namespaces', signal);
  const pages = fetchPages<Table>(
    cluster,
    { resource },
    { accept: TABLE_ACCEPT, includeObject: 'None', limit: MOST_NAMESPACES, signal },
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
