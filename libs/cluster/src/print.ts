import { ToolError } from '#tools';
import type { Cluster } from './cluster.js';
import type { ListQuery } from './list-pages.js';
import { printObjects } from './print-objects.js';
import { printTables } from './print-tables.js';

export type OutputFormat = 'table' | 'wide' | 'name' | 'yaml' | 'json';

export interface PrintOptions {
  format: OutputFormat;
  /** Characters after which nothing more is fetched. The text ends with a whole row or object before that. */
  maxChars: number;
  signal?: AbortSignal;
}

export interface Printed {
  /** Without a line end at its end. */
  text: string;
  /** Rows or objects in the text. */
  shown: number;
  /** The text was full before the list was through. */
  truncated: boolean;
  /** How many rows or objects are left out, where the API server says. */
  remaining: number | undefined;
}

/** Text so far, and what could not be had. */
export interface Outcome extends Printed {
  errors: ToolError[];
}

/**
 * Gets objects and prints them as `kubectl get` prints them for the same query, with Secrets redacted and without managed fields. Several queries are
 * printed one after the other, as for `pods,services` or `all`. Nothing found is a text that says so.
 * @throws ToolError when a name or a kind cannot be had, with the text of the others as its `output`
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
    output: printed.shown > 0 ? printed.text : undefined,
  });
}

/** The failure of one of several queries, for the report at the end. Anything that ends the whole call is thrown on. */
export function reportable(error: unknown): ToolError {
  if (error instanceof ToolError && error.code !== 'cancelled') return error;
  throw error;
}

/** The error of a name that does not exist, for the report at the end. Anything else is thrown on. */
export function notFound(error: unknown): ToolError {
  if (error instanceof ToolError && error.code === 'not_found') return error;
  throw error;
}
