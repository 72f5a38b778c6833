import { SqliteError } from './sqlite/sqlite-thread.js';

/**
 * Result codes of SQLite that are about what is written: too big, constraint, mismatch, range.
 * @see https://www.sqlite.org/rescode.html
 */
const SQLITE_OF_ROW: ReadonlySet<number> = new Set([18, 19, 20, 25]);
/** Those that are about the whole database: busy, locked, read only, I/O, full, cannot open. */
const SQLITE_OF_DATABASE: ReadonlySet<number> = new Set([5, 6, 8, 10, 13, 14]);

/**
 * Classes of PostgreSQL's SQLSTATE that are about what is written: data exception, integrity
 * constraint, program limit.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const SQLSTATE_OF_ROW = /^(?:22|23|54)/;
/**
 * Those that are about the whole database: connection, transaction rollback, insufficient
 * resources, lock not available, operator intervention but for a statement that took too long,
 * read-only transaction.
 */
const SQLSTATE_OF_DATABASE = /^(?:08|40|53|55P03|57P|25006)/;

/** Whether a database refuses what is written, and would take something else. */
export function isRowRefused(error: unknown): boolean {
  if (error instanceof SqliteError) {
    // Without a code it is Node that cannot hand a value over.
    return error.primaryCode === undefined || SQLITE_OF_ROW.has(error.primaryCode);
  }
  return SQLSTATE_OF_ROW.test(sqlStateOf(error));
}

/** Whether an error says that nothing can be written now, whatever it is. */
export function isOfDatabase(error: unknown): boolean {
  if (error instanceof SqliteError) return SQLITE_OF_DATABASE.has(error.primaryCode ?? 0);
  return SQLSTATE_OF_DATABASE.test(sqlStateOf(error));
}

function sqlStateOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
