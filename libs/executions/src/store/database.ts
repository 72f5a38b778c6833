import { Kysely, PostgresDialect } from 'kysely';
import type { ExecutionsConfig } from '../executions.config.js';
import type { StoreWrites } from './batch.js';
import { migrate } from './migrate.js';
import { connectionOptions, PostgresConnections } from './postgres-connections.js';
import { PostgresWrites } from './postgres-writes.js';
import { preparePrivateFile } from './private-file.js';
import type { Schema } from './schema.js';
import { SqliteThreadDialect } from './sqlite-dialect.js';
import { SqliteSpace } from './sqlite-space.js';
import { SqliteThread } from './sqlite-thread.js';
import { SqliteTurns, type TurnOf } from './sqlite-turns.js';
import { SqliteWrites } from './sqlite-writes.js';

/**
 * How many batches may be on their way at a time, of writes and of idempotency keys each. One
 * connection more is for heartbeats and the like.
 */
const POSTGRES_LANES = 3;
/** Connections for callers who look at executions: what they read may be long. */
const POSTGRES_READERS = 4;
/** SQLite writes one at a time. */
const SQLITE_LANES = 1;
/** Milliseconds for one step of a migration, which may have millions of rows to look at. */
const MIGRATION_LIMIT_MS = 600_000;

/** Where executions are remembered. */
export abstract class ExecutionDatabase {
  /** For what the server itself reads, and what it seldom writes. */
  abstract readonly kysely: Kysely<Schema>;
  /** For callers who look at executions: however much they read, the server is not held up. */
  abstract readonly reads: Kysely<Schema>;
  abstract readonly writes: StoreWrites;
  /** How many of the writes may be under way at a time. */
  abstract readonly lanes: number;
  /** Brings the tables up to date. @throws Error as `migrate` does */
  abstract migrate(): Promise<void>;
  /** Gives the space of what was forgotten back to the disk, piece by piece. */
  abstract giveBackSpace(isStopped: () => boolean): Promise<void>;
  abstract close(): Promise<void>;
}

/** Opens the database that the settings name. @throws Error as `openSqlite` */
export function openDatabase({ databaseUrl, file }: ExecutionsConfig): Promise<ExecutionDatabase> {
  return databaseUrl === undefined ? openSqlite(file) : openPostgres(databaseUrl);
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
    const kyselyOf = (who: TurnOf) =>
      new Kysely<Schema>({ dialect: new SqliteThreadDialect(thread, turns, who) });
    const kysely = kyselyOf('server');
    const writes = new SqliteWrites(thread, turns);
    const space = new SqliteSpace(thread, turns, () => writes.idleMs);
    return {
      kysely,
      reads: kyselyOf('caller'),
      writes,
      lanes: SQLITE_LANES,
      migrate: () => migrate(kysely, isInFile ? file : undefined),
      giveBackSpace: (isStopped) => space.giveBack(isStopped),
      close: () => thread.close(),
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
  const connections = await PostgresConnections.open(url, 2 * POSTGRES_LANES + 1);
  const readers = await PostgresConnections.open(url, POSTGRES_READERS);
  const kyselyOn = (pool: PostgresConnections) =>
    new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    kysely: kyselyOn(connections),
    reads: kyselyOn(readers),
    writes: new PostgresWrites(connections),
    lanes: POSTGRES_LANES,
    migrate: () => migratePostgres(url),
    // It does so by itself.
    giveBackSpace: () => Promise.resolve(),
    close: async () => {
      await Promise.all([connections.end(), readers.end()]);
    },
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
