import { Kysely, PostgresDialect } from 'kysely';
import { preparePrivateFile } from './private-file.js';
import { withoutDeadConnections } from './postgres-pool.js';
import type { Schema } from './schema.js';
import { SqliteThreadDialect } from './sqlite-dialect.js';
import { SqliteThread } from './sqlite-thread.js';

const CONNECT_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 10;
/** No caller waits longer for a database that takes everything and says nothing. */
const QUERY_TIMEOUT_MS = 5_000;
/** Long enough that making new ones costs nothing. */
const MAX_LIFETIME_SECONDS = 300;

/**
 * Opens the SQLite database in a file, or `:memory:`; folders that are missing are made.
 * @throws Error naming the setting, where the file cannot be opened or is not this server's own
 */
export async function openSqlite(file: string): Promise<Kysely<Schema>> {
  try {
    if (file !== ':memory:') preparePrivateFile(file);
    return new Kysely<Schema>({ dialect: new SqliteThreadDialect(await SqliteThread.open(file)) });
  } catch (cause) {
    throw new Error(
      `Cannot open ${file} to remember executions (${(cause as Error).message}). Set EXECUTIONS_FILE to a file that this server may write, or to ":memory:".`,
      { cause },
    );
  }
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
  // A connection that breaks is replaced by the next that is needed; what was under way on it, or
  // comes next, fails by itself.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: withoutDeadConnections(pool) }),
  });
}

function ignore(): void {}
