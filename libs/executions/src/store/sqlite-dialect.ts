import { setTimeout as sleep } from 'node:timers/promises';
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
import { SqliteError, type SqliteThread } from './sqlite-thread.js';

/** How long a statement waits for others who write to the file, in milliseconds. */
const BUSY_LIMIT_MS = 5_000;
const BUSY_PAUSE_MS = 25;
/** @see https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * SQLite in a thread, in a file that other servers use too. A transaction takes the right to write
 * when it begins: one that asked for it later could be refused without a wait, as what it has read
 * may be out of date. Migrations run in such a transaction, so that one server at a time makes
 * them. What waits for that right lets reads pass.
 * @see https://www.sqlite.org/lang_transaction.html#immediate
 */
export class SqliteThreadDialect implements Dialect {
  constructor(private readonly thread: SqliteThread) {}

  createDriver(): Driver {
    return new SqliteThreadDriver(this.thread);
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
  private readonly turns = new Turns();

  constructor(private readonly thread: SqliteThread) {}

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SqliteConnection> {
    await this.turns.take();
    return new SqliteConnection(this.thread, this.turns);
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
    private readonly turns: Turns,
  ) {}

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const end = performance.now() + BUSY_LIMIT_MS;
    for (;;) {
      try {
        const { rows, changes } = await this.thread.query(sql, parameters);
        return { rows: rows as R[], numAffectedRows: BigInt(changes) };
      } catch (error) {
        const isBusy = error instanceof SqliteError && (error.errcode ?? 0) % 256 === SQLITE_BUSY;
        if (!isBusy || this.isInTransaction || performance.now() > end) throw error;
      }
      this.turns.giveBack();
      await sleep(BUSY_PAUSE_MS);
      await this.turns.take();
    }
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('Results are not streamed from SQLite.');
  }
}

/** One at a time, in the order in which they ask. */
class Turns {
  private isTaken = false;
  private readonly waiting: (() => void)[] = [];

  async take(): Promise<void> {
    if (!this.isTaken) this.isTaken = true;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  giveBack(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.isTaken = false;
  }
}
