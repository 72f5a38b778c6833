import { ToolError } from '#tools';
import type { FieldColumns } from '../columns/field-columns.js';
import type { SortKey } from '../columns/sort-key.js';

export type OutputFormat = 'table' | 'wide' | 'name' | 'yaml' | 'json';

export interface PrintOptions {
  format: OutputFormat;
  /**
   * Characters after which nothing more is fetched. The text ends with a whole row or object before
   * that.
   */
  maxChars: number;
  /** Characters of an object that has no room by itself: it is shown all the same. */
  maxObjectChars?: number;
  signal?: AbortSignal;
  /** The columns of tables, instead of those of the API server. */
  columns?: FieldColumns;
  /** The order of the rows, instead of that of the API server. For tables and names. */
  sort?: SortKey;
  /** Each different row once, with how often it is there. Needs `columns`. */
  distinct?: boolean;
  /** Most objects, or different rows, in the text. */
  limit?: number;
  /** Where the list goes on: the `next` of the page before. For a single list as it is ordered. */
  token?: string;
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
  /** The API server's token for what is left, where the text is a page of a list. */
  next?: string;
}

/** Text so far, and what could not be had. */
export interface Outcome extends Printed {
  errors: ToolError[];
}

/**
 * The failure of one of several queries, for the report at the end. An error that ends the whole
 * call is thrown again.
 */
export function reportable(error: unknown): ToolError {
  if (error instanceof ToolError && error.code !== 'cancelled') return error;
  throw error;
}

/**
 * The error of a name that does not exist, for the report at the end. Any other error is thrown
 * again.
 */
export function notFound(error: unknown): ToolError {
  if (error instanceof ToolError && error.code === 'not_found') return error;
  throw error;
}
