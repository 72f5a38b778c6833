import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import type { SqliteThread } from './sqlite-thread.js';
import type { SqliteTurns, TurnOf } from './sqlite-turns.js';

/**
 * SQLite in a thread, in a file that other servers use too. A transaction takes the right to write
 * when it begins: one that asked for it later could be refused without a wait, as what it has read
 * may be out of date. Migrations run in such a transaction, so that one server at a time makes
 * them.
 * @see https://www.sqlite.org/lang_transaction.html#immediate
 */
export class SqliteThreadDialect implements Dialect {
  constructor(
    private readonly thread: SqliteThread,
    private readonly turns: SqliteTurns,
    private readonly who: TurnOf,
  ) {}

  createDriver(): Driver {
    return new SqliteThreadDriver(this.thread, this.turns, this.who);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new SharedSqliteAdapter();
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }
}

class SharedSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  /** The driver makes them take turns. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class SqliteThreadDriver implements Driver {
  constructor(
    private readonly thread: SqliteThread,
    private readonly turns: SqliteTurns,
    private readonly who: TurnOf,
  ) {}

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SqliteConnection> {
    await this.turns.take(this.who);
    return new SqliteConnection(this.thread, this.turns, this.who);
  }

  async beginTransaction(connection: SqliteConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    connection.isInTransaction = true;
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
    connection.isInTransaction = false;
  }

  /**
   * SQLite has rolled back by itself after some errors, a full disk among them. What it said then
   * is what counts.
   */
  async rollbackTransaction(connection: SqliteConnection): Promise<void> {
    connection.isInTransaction = false;
    await connection.executeQuery(CompiledQuery.raw('rollback')).catch(() => {});
  }

  async releaseConnection(): Promise<void> {
    this.turns.giveBack();
  }

  destroy(): Promise<void> {
    return this.thread.close();
  }
}

class SqliteConnection implements DatabaseConnection {
  isInTransaction = false;

  constructor(
    private readonly thread: SqliteThread,
    private readonly turns: SqliteTurns,
    private readonly who: TurnOf,
  ) {}

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const act = () => this.thread.query(sql, parameters);
    const { rows, changes } = await (this.isInTransaction
      ? act()
      : this.turns.whenFree(this.who, act));
    return { rows: rows as R[], numAffectedRows: BigInt(changes) };
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('Results are not streamed from SQLite.');
  }
}
