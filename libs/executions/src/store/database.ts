import { Kysely, PostgresDialect } from 'kysely';
import type { StoreWrites } from './batch.js';
import { migrate } from './migrate.js';
import { connectionOptions, PostgresConnections } from './postgres-connections.js';
import { PostgresWrites } from './postgres-writes.js';
import { preparePrivateFile } from './private-file.js';
import type { Schema } from './schema.js';
import { SqliteThreadDialect } from './sqlite-dialect.js';
import { SqliteSpace } from './sqlite-space.js';
import { SqliteThread } from './sqlite-thread.js';
import { SqliteTurns } from './sqlite-turns.js';
import { SqliteWrites } from './sqlite-writes.js';

/** How many batches may be on their way at a time: of 10 connections, the others are for reads. */
const POSTGRES_LANES = 4;
/** SQLite writes one at a time. */
const SQLITE_LANES = 1;
/** Milliseconds for one step of a migration, which may have millions of rows to look at. */
const MIGRATION_LIMIT_MS = 600_000;

/** Where executions are remembered. */
export interface ExecutionDatabase {
  /** For what is read, and for what is seldom written. */
  readonly kysely: Kysely<Schema>;
  readonly writes: StoreWrites;
  /** How many of the writes may be under way at a time. */
  readonly lanes: number;
  /** Brings the tables up to date. @throws Error as `migrate` does */
  migrate(): Promise<void>;
  /** Gives the space of what was forgotten back to the disk, piece by piece. */
  giveBackSpace(isStopped: () => boolean): Promise<void>;
}

/**
 * Opens the SQLite database in a file, or `:memory:`; folders that are missing are made.
 * @throws Error naming the setting, where the file cannot be opened or is not this server's own
 */
export async function openSqlite(file: string): Promise<ExecutionDatabase> {
  const isInFile = file !== ':memory:';
  try {
    if (isInFile) preparePrivateFile(file);
    const thread = await SqliteThread.open(file);
    const turns = new SqliteTurns();
    const kysely = new Kysely<Schema>({ dialect: new SqliteThreadDialect(thread, turns) });
    const writes = new SqliteWrites(thread, turns);
    const space = new SqliteSpace(thread, turns, () => writes.idleMs);
    return {
      kysely,
      writes,
      lanes: SQLITE_LANES,
      migrate: () => migrate(kysely, isInFile ? file : undefined),
      giveBackSpace: (isStopped) => space.giveBack(isStopped),
    };
  } catch (cause) {
    throw new Error(
      `Cannot open ${file} to remember executions (${(cause as Error).message}). Set EXECUTIONS_FILE to a file that this server may write, or to ":memory:".`,
      { cause },
    );
  }
}

/** Opens a PostgreSQL database; connections to it are made as they are needed. */
export async function openPostgres(url: string): Promise<ExecutionDatabase> {
  const connections = await PostgresConnections.open(url);
  return {
    kysely: new Kysely<Schema>({ dialect: new PostgresDialect({ pool: connections }) }),
    writes: new PostgresWrites(connections),
    lanes: POSTGRES_LANES,
    migrate: () => migratePostgres(url),
    // It does so by itself.
    giveBackSpace: () => Promise.resolve(),
  };
}

/** On connections of its own: the others give up what takes long. */
async function migratePostgres(url: string): Promise<void> {
  const { Pool } = await import('pg');
  const pool = new Pool({ ...connectionOptions(url), query_timeout: MIGRATION_LIMIT_MS });
  pool.on('error', () => {});
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(kysely);
  } finally {
    await kysely.destroy();
  }
}
