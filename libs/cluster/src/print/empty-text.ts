import type { ApiResource } from '../discovery/api-resource.js';
import type { ListQuery } from '../lists/list-pages.js';
import { NameText } from './name-text.js';
import type { PrintOptions } from './print-outcome.js';
import { TableText, type RowText } from './table-text.js';

/** The text of rows of one resource type, before there are any. */
export function emptyText(
  resource: ApiResource,
  queries: readonly ListQuery[],
  { format, columns }: Pick<PrintOptions, 'format' | 'columns'>,
): RowText {
  if (format === 'name') return new NameText(resource);
  const isOfSeveral = queries.some(({ namespace }) => namespace === undefined);
  return new TableText({
    wide: format === 'wide',
    showNamespace: resource.namespaced && isOfSeveral && !columns,
  });
}
