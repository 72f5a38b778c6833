import { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import { missingPathNotes } from '../columns/missing-paths.js';
import type { ListQuery } from '../lists/list-pages.js';
import { printObjects } from './print-objects.js';
import type { Outcome, PrintOptions, Printed } from './print-outcome.js';
import { printPage } from './print-page.js';
import { printTables } from './print-tables.js';

/**
 * Gets objects and prints them as `kubectl get` prints them for the same query, with Secrets
 * redacted and without managed fields. Several queries are printed one after the other, as for
 * `pods,services` or `all`. With a limit or a token, and where it has no room for all, the text is
 * a page of one list, unless its rows are sorted or counted. Nothing found is a text that says so.
 * @returns the text, and remarks on paths that no object has
 * @throws ToolError `invalid_input` for a path that no object can have; when a name or a kind
 * cannot be had, with the text of the others as its `output`
 */
export async function printResources(
  cluster: Cluster,
  queries: readonly ListQuery[],
  options: PrintOptions,
): Promise<Printed & { notes: string[] }> {
  const { errors, ...printed } = await print(cluster, queries, options);
  const [first] = errors;
  if (!first) return { ...printed, notes: await notesOf(cluster, queries, options) };
  if (errors.length === 1 && printed.shown === 0) throw first;
  const message = [...new Set(errors.map((error) => error.message))].join('\n');
  throw new ToolError(first.code, message, {
    cause: first.cause,
    retryable: first.retryable,
    errors: first.errors,
    output: printed.shown > 0 ? printed.text : undefined,
  });
}

async function print(
  cluster: Cluster,
  queries: readonly ListQuery[],
  options: PrintOptions,
): Promise<Outcome> {
  const { format, limit, token, sort, distinct } = options;
  const [first, ...others] = queries;
  const list = others.length === 0 && !first?.names && !sort && !distinct ? first : undefined;
  if (list && (limit !== undefined || token !== undefined)) {
    return printPage(cluster, list, options);
  }
  const isObjects = format === 'yaml' || format === 'json';
  const outcome = await (isObjects
    ? printObjects(cluster, queries, options)
    : printTables(cluster, queries, options));
  if (!list || !outcome.truncated || outcome.errors.length > 0) return outcome;
  // What has no room for all of a list becomes its first page, which can be read on.
  return printPage(cluster, list, { ...options, limit: Math.max(1, outcome.shown) });
}

function notesOf(
  cluster: Cluster,
  queries: readonly ListQuery[],
  { columns, sort, signal }: PrintOptions,
): Promise<string[]> {
  const paths = [...(columns?.paths ?? []), ...(sort ? [sort.path] : [])];
  const resources = queries.map(({ resource }) => resource);
  return missingPathNotes(cluster, resources, paths, signal);
}
