import { Kysely } from 'kysely';
import { migrate, type Migrations } from '../migrate.js';
import { preparePrivateFile } from './private-file.js';
import { SqlDatabase } from '../sql-database.js';
import { SqliteThreadDialect } from './sqlite-dialect.js';
import { SqliteSpace } from './sqlite-space.js';
import { SqliteThread, type SqliteRows, type SqliteStep } from './sqlite-thread.js';
import { SqliteTurns, type TurnOf } from './sqlite-turns.js';

const IN_MEMORY = ':memory:';

/** An SQLite database in a file of this server's own, or in memory. */
export class SqliteDatabase extends SqlDatabase {
  readonly kysely: Kysely<unknown>;
  readonly reads: Kysely<unknown>;
  /** SQLite writes one at a time. */
  readonly lanes = 1;
  private readonly space: SqliteSpace;
  private writtenAt = performance.now();

  private constructor(
    private readonly file: string,
    private readonly thread: SqliteThread,
    private readonly turns: SqliteTurns,
  ) {
    super();
    const kyselyOf = (who: TurnOf) =>
      new Kysely<unknown>({ dialect: new SqliteThreadDialect(thread, turns, who) });
    this.kysely = kyselyOf('server');
    this.reads = kyselyOf('caller');
    const idleMs = () => performance.now() - this.writtenAt;
    this.space = new SqliteSpace(thread, turns, idleMs);
  }

  /**
   * Opens a file, or `:memory:`; folders that are missing are made.
   * @throws Error naming the setting, where the file cannot be opened or is not this server's own
   */
  static async open(file: string): Promise<SqliteDatabase> {
    try {
      if (file !== IN_MEMORY) preparePrivateFile(file);
      return new SqliteDatabase(file, await SqliteThread.open(file), new SqliteTurns());
    } catch (cause) {
      throw new Error(
        `Cannot open ${file} to remember executions (${(cause as Error).message}). Set EXECUTIONS_FILE to a file that this server may write, or to ":memory:".`,
        { cause },
      );
    }
  }

  /** Does all steps in one transaction, or nothing. @throws SqliteError */
  transact(steps: readonly SqliteStep[]): Promise<SqliteRows> {
    this.writtenAt = performance.now();
    return this.turns.inTurn(() => this.thread.transact(steps));
  }

  override giveBackSpace(isStopped: () => boolean): Promise<void> {
    return this.space.giveBack(isStopped);
  }

  override close(): Promise<void> {
    return this.thread.close();
  }

  protected override migrateTo(migrations: Migrations): Promise<void> {
    return migrate(this.kysely, migrations, this.file === IN_MEMORY ? undefined : this.file);
  }
}
