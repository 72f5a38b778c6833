import { ToolError } from '#tools';
import type { Cluster } from '../cluster.js';
import type { ListQuery } from '../lists/list-pages.js';
import { printObjects } from './print-objects.js';
import type { PrintOptions, Printed } from './print-outcome.js';
import { printTables } from './print-tables.js';

/**
 * Gets objects and prints them as `kubectl get` prints them for the same query, with Secrets
 * redacted and without managed fields. Several queries are printed one after the other, as for
 * `pods,services` or `all`. Nothing found is a text that says so.
 * @throws ToolError when a name or a kind cannot be had, with the text of the others as its
 * `output`
 */
export async function printResources(
  cluster: Cluster,
  queries: readonly ListQuery[],
  options: PrintOptions,
): Promise<Printed> {
  const asObjects = options.format === 'yaml' || options.format === 'json';
  const print = asObjects ? printObjects : printTables;
  const { errors, ...printed } = await print(cluster, queries, options);
  const [first] = errors;
  if (!first) return printed;
  if (errors.length === 1 && printed.shown === 0) throw first;
  const message = [...new Set(errors.map((error) => error.message))].join('\n');
  throw new ToolError(first.code, message, {
    cause: first.cause,
    retryable: first.retryable,
    errors: first.errors,
    output: printed.shown > 0 ? printed.text : undefined,
  });
}
