import { FieldColumns, SortKey, type Cluster, type ListQuery, type PrintOptions } from '#cluster';
import { invalidField, type ToolCall } from '#tools';
import { tokenOf } from './cursor.js';
import type { GetDto } from './get.dto.js';

/** Characters of an answer that are left for what is said below the objects, a cursor too. */
const FOOTER_CHARS = 1_500;

/**
 * How the objects of some queries are printed.
 * @throws ToolError `invalid_input` for parameters that contradict each other, a path that is none,
 * the cursor of another query
 */
export function printOptions(
  cluster: Cluster,
  query: GetDto,
  queries: readonly ListQuery[],
  { signal, maxOutputChars, maxKeptChars }: ToolCall,
): PrintOptions {
  checkTogether(query, queries);
  const { output, fields, distinct, sort_by, limit, cursor } = query;
  const [first] = queries;
  return {
    format: output ?? 'table',
    maxChars: Math.max(maxOutputChars - FOOTER_CHARS, Math.ceil(maxOutputChars / 2)),
    maxObjectChars: maxKeptChars,
    signal,
    columns: fields === undefined ? undefined : new FieldColumns(fields),
    sort: sort_by === undefined ? undefined : new SortKey(sort_by),
    distinct,
    limit,
    token: cursor === undefined || !first ? undefined : tokenOf(cluster, first, cursor),
  };
}

function checkTogether(query: GetDto, queries: readonly ListQuery[]): void {
  const { output, fields, distinct, sort_by, limit, cursor } = query;
  if (fields !== undefined && output !== undefined) {
    const table = 'fields are shown as a table. Leave "output" out';
    throw invalidField('fields', `cannot be given together with "output": ${table}`);
  }
  if (distinct && fields === undefined) {
    throw invalidField('distinct', 'needs "fields", whose different rows it counts');
  }
  if (sort_by !== undefined && (output === 'yaml' || output === 'json')) {
    const wayOn = 'Leave "output" out, or name the wanted "fields" instead';
    throw invalidField('sort_by', `cannot be given together with output ${output}. ${wayOn}`);
  }
  if (cursor !== undefined && (distinct || sort_by !== undefined)) {
    const why = 'it continues a list in the order of the API server. Raise "limit" instead';
    throw invalidField('cursor', `cannot be given together with "sort_by" or "distinct": ${why}`);
  }
  const pages = limit === undefined ? 'cursor' : 'limit';
  if (query[pages] === undefined) return;
  if (query.name !== undefined || queries.some(({ names }) => names)) {
    throw invalidField(pages, 'cannot be given together with a name');
  }
  if (queries.length > 1) {
    throw invalidField(pages, 'is for a single kind. Ask for each kind by itself');
  }
}
