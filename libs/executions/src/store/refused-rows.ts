import type { Batch } from './execution.store.js';
import { SqliteError } from './sqlite-thread.js';

/**
 * Result codes of SQLite that are about what is written: too big, constraint, mismatch, range.
 * @see https://www.sqlite.org/rescode.html
 */
const SQLITE_CODES: ReadonlySet<number> = new Set([18, 19, 20, 25]);

/**
 * Classes of PostgreSQL's SQLSTATE that are: data exception, integrity constraint, program limit.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const SQLSTATE_CLASSES = /^(?:22|23|54)/;

/** Whether a database refuses what is written, and would take something else. */
export function isRowRefused(error: unknown): boolean {
  if (error instanceof SqliteError) {
    // Without a code it is Node that cannot hand a value over.
    return error.errcode === undefined || SQLITE_CODES.has(error.errcode & 0xff);
  }
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && SQLSTATE_CLASSES.test(code);
}

/** A batch in two, in its order; undefined where it is one row. */
export function halvesOf({ inserts, updates, events }: Batch): [Batch, Batch] | undefined {
  const count = inserts.length + updates.length + events.length;
  if (count < 2) return undefined;
  const half = Math.ceil(count / 2);
  const cut = (from: number, to: number): Batch => {
    const slice = <T>(rows: T[], before: number) =>
      rows.slice(Math.max(0, from - before), Math.max(0, to - before));
    return {
      inserts: slice(inserts, 0),
      updates: slice(updates, inserts.length),
      events: slice(events, inserts.length + updates.length),
    };
  };
  return [cut(0, half), cut(half, count)];
}
