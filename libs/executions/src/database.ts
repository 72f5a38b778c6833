import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import {
  CompiledQuery,
  Kysely,
  PostgresDialect,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type SqliteDialectConfig,
} from 'kysely';
import { preparePrivateFile } from './private-file.js';
import type { Schema } from './schema.js';

const BUSY_TIMEOUT_MS = 5_000;
const BUSY_RETRY_MS = 10;
/** @see https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 10;
/** No caller waits longer for a database that takes everything and says nothing. */
const QUERY_TIMEOUT_MS = 5_000;
/** A connection that has gone dead in this way is given up in the end. */
const MAX_LIFETIME_SECONDS = 300;

/**
 * Opens the SQLite database in a file, or `:memory:`; folders that are missing are made.
 * @throws Error naming the setting, where the file cannot be opened or is not this server's own
 */
export async function openSqlite(file: string): Promise<Kysely<Schema>> {
  try {
    if (file !== ':memory:') preparePrivateFile(file);
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    await keepWriteAheadLog(database);
    // With a write-ahead log, NORMAL loses nothing when the process dies.
    database.exec('PRAGMA synchronous = NORMAL');
    return new Kysely<Schema>({
      dialect: new SharedSqliteDialect({ database: asDriver(database) }),
    });
  } catch (cause) {
    throw new Error(
      `Cannot open ${file} to remember executions (${(cause as Error).message}). Set EXECUTIONS_FILE to a file that this server may write, or to ":memory:".`,
      { cause },
    );
  }
}

/** The one step for which SQLite does not wait by itself, while other servers open the new file too. */
async function keepWriteAheadLog(database: DatabaseSync): Promise<void> {
  const end = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
    }
    await setTimeout(BUSY_RETRY_MS);
  }
}

/** The kinds of busy differ above the lowest byte. */
function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode! & 0xff) === SQLITE_BUSY;
}

/** A pool of connections to a PostgreSQL database, made as they are needed. */
export async function openPostgres(url: string): Promise<Kysely<Schema>> {
  // Not loaded where it is of no use: it takes megabytes.
  const { Pool } = await import('pg');
  const pool = new Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
    keepAlive: true,
  });
  // A connection that breaks is replaced by the next that is needed; what was under way on it, or comes next, fails by itself.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

/**
 * SQLite in a file that other servers use too. A transaction takes the right to write when it begins:
 * one that asked for it later could be refused without a wait, as what it has read may be out of date.
 * Migrations run in such a transaction, so that one server at a time makes them.
 * @see https://www.sqlite.org/lang_transaction.html#immediate
 */
class SharedSqliteDialect extends SqliteDialect {
  constructor(private readonly config: SqliteDialectConfig) {
    super(config);
  }

  override createDriver(): SqliteDriver {
    return new ImmediateSqliteDriver(this.config);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Node's own SQLite in the form that Kysely's dialect knows. */
function asDriver(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      const bound = (values: readonly unknown[]) => values as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...bound(values)),
        run: (values) => statement.run(...bound(values)),
        iterate: (values) => statement.iterate(...bound(values)),
      };
    },
  };
}

function ignore(): void {}
