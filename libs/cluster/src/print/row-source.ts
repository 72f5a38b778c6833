import { inTurns } from '#base';
import { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import type { ApiResource } from '../discovery/api-resource.js';
import { asTable } from '../lists/as-table.js';
import { fetchPage, type ListQuery, type RowObject } from '../lists/list-pages.js';
import { TABLE_ACCEPT, type ListMeta, type Table } from '../lists/table.js';
import { redactSecrets, type KubernetesObject } from '../secrets/redact.js';
import { addImages } from './image-column.js';
import { objectPages, showable, type ObjectList } from './object-pages.js';
import type { PrintOptions } from './print-outcome.js';
import { PAGE_ROWS, tablePages, tablesOfNames, type TablePage } from './table-pages.js';

type RowOptions = Pick<PrintOptions, 'format' | 'columns' | 'sort'>;

/** A Table, and what the API server says of the list that it is part of. */
export interface RowPage {
  table: Table;
  metadata: ListMeta | undefined;
}

/**
 * The rows of one resource type: those that the API server prints, or those of the columns that are
 * asked for. They carry their objects where they are sorted by them.
 */
export class RowSource {
  private readonly showsImages: boolean;
  private readonly needsObjects: boolean;

  constructor(
    private readonly cluster: Cluster,
    private readonly resource: ApiResource,
    private readonly options: RowOptions,
  ) {
    const { format, columns, sort } = options;
    this.showsImages = format === 'wide' && !columns && resource.groupResource === 'pods';
    this.needsObjects = this.showsImages || sort !== undefined;
  }

  /** All pages of a query, or the errors of names that cannot be had. */
  async *pages(
    query: ListQuery,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TablePage | ToolError, void> {
    const { columns, sort } = this.options;
    if (columns) {
      for await (const page of objectPages(this.cluster, query, {
        limit: PAGE_ROWS.Object,
        signal,
      })) {
        if (page instanceof ToolError) yield page;
        else {
          const list = await inTurns(columns.tableOf(page.objects, sort !== undefined));
          yield { list, remaining: page.remaining, replaces: page.replaces };
        }
      }
      return;
    }
    const pages = query.names
      ? tablesOfNames(this.cluster, query, this.needsObjects, signal)
      : tablePages(this.cluster, query, this.needsObjects, signal);
    if (!this.needsObjects) {
      yield* pages;
      return;
    }
    for await (const page of pages) {
      yield page instanceof ToolError ? page : { ...page, list: this.completed(page.list) };
    }
  }

  /**
   * One page of a list.
   * @throws ToolError as `fetchPage`
   */
  async page(
    query: ListQuery,
    limit: number,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<RowPage> {
    const request = { limit, token, signal };
    const { columns } = this.options;
    if (columns) {
      const { items, metadata } = await fetchPage<ObjectList>(this.cluster, query, request);
      const objects = showable(items ?? [], this.resource);
      return { table: await inTurns(columns.tableOf(objects, false)), metadata };
    }
    const table = await fetchPage<Table>(this.cluster, query, {
      ...request,
      accept: TABLE_ACCEPT,
      includeObject: this.includeObject(query),
    });
    return { table: this.completed(table), metadata: table.metadata };
  }

  /** Most rows of a page. */
  pageRows(query: ListQuery): number {
    return PAGE_ROWS[this.options.columns ? 'Object' : this.includeObject(query)];
  }

  private includeObject({ resource, namespace }: ListQuery): RowObject {
    if (this.needsObjects) return 'Object';
    return resource.namespaced && namespace === undefined ? 'Metadata' : 'None';
  }

  private completed(list: Table): Table {
    const table = asTable(list);
    if (!this.needsObjects) return table;
    for (const { object } of table.rows) {
      if (object) redactSecrets<KubernetesObject>(object, this.resource.kind);
    }
    return this.showsImages ? addImages(table) : table;
  }
}
