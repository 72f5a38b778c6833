import { NotConnected } from './postgres-connections.js';
import { SqliteError } from './sqlite/sqlite-thread.js';

/** What is the matter with a database, by result code of SQLite or SQLSTATE of PostgreSQL. */
const TROUBLES: [sqlite: readonly number[], sqlState: RegExp, trouble: string][] = [
  [[13], /^53100/, 'is full'],
  [[8], /^25006/, 'can only be read'],
  [[5, 6], /^55P03/, 'is locked by somebody else'],
  [[], /^53300/, 'takes no more connections'],
];

/** Says what is the matter with the database, without where it is: callers may read it. */
export function troubleOf(error: unknown): string {
  const { code } = ((error instanceof NotConnected ? error.cause : error) ?? {}) as {
    code?: unknown;
  };
  const isOf = ([sqlite, sqlState]: (typeof TROUBLES)[number]) =>
    error instanceof SqliteError
      ? sqlite.includes(error.primaryCode ?? 0)
      : sqlState.test(String(code));
  return TROUBLES.find(isOf)?.[2] ?? 'does not answer';
}
