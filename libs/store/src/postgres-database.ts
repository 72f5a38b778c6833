import { Kysely, PostgresDialect } from 'kysely';
import type { QueryResultRow } from 'pg';
import { migrate, type Migrations } from './migrate.js';
import { connectionOptions, PostgresConnections } from './postgres-connections.js';
import { SqlDatabase } from './sql-database.js';

const LANES = 3;
/**
 * Connections of the server: for executions, idempotency keys and the audit as many as may be under
 * way, and one more for heartbeats and the like.
 */
const WRITERS = 2 * LANES + 2;
/** Connections for callers who look at what is stored: what they read may be long. */
const READERS = 4;
/** Milliseconds for one step of a migration, which may have millions of rows to look at. */
const MIGRATION_LIMIT_MS = 600_000;

/** A PostgreSQL database; connections to it are made as they are needed. */
export class PostgresDatabase extends SqlDatabase {
  readonly kysely: Kysely<unknown>;
  readonly reads: Kysely<unknown>;
  readonly lanes = LANES;

  private constructor(
    private readonly url: string,
    private readonly writers: PostgresConnections,
    private readonly readers: PostgresConnections,
  ) {
    super();
    const kyselyOn = (pool: PostgresConnections) =>
      new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    this.kysely = kyselyOn(writers);
    this.reads = kyselyOn(readers);
  }

  static async open(url: string): Promise<PostgresDatabase> {
    const writers = await PostgresConnections.open(url, WRITERS);
    return new PostgresDatabase(url, writers, await PostgresConnections.open(url, READERS));
  }

  /** Runs one statement. @returns its rows @throws NotConnected; what the database says */
  query<R extends QueryResultRow>(sql: string, values: readonly unknown[]): Promise<R[]> {
    return this.writers.query(sql, values);
  }

  /** It does so by itself. */
  override async giveBackSpace(): Promise<void> {}

  override async close(): Promise<void> {
    await Promise.all([this.writers.end(), this.readers.end()]);
  }

  /** On connections of its own: the others give up what takes long. */
  protected override async migrateTo(migrations: Migrations): Promise<void> {
    const { Pool } = await import('pg');
    const pool = new Pool({ ...connectionOptions(this.url), query_timeout: MIGRATION_LIMIT_MS });
    pool.on('error', () => {});
    const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    try {
      await migrate(kysely, migrations);
    } finally {
      await kysely.destroy();
    }
  }
}
