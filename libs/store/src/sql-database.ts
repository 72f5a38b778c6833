import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Migrations } from './migrate.js';
import { VERSION_MIGRATIONS } from './server-versions.js';

/** The database of this server. Libs bring their tables to it. */
export abstract class SqlDatabase {
  /** Names this server among those that share the database. Each start has a new one. */
  readonly serverId = randomUUID();
  /** For what the server itself reads, and what it seldom writes. */
  abstract readonly kysely: Kysely<unknown>;
  /** For callers who look at what is stored: however much they read, the server is not held up. */
  abstract readonly reads: Kysely<unknown>;
  /** How many writes of one kind may be under way at a time. */
  abstract readonly lanes: number;
  private readonly migrations: Migrations = { ...VERSION_MIGRATIONS };
  private migrated: Promise<void> | undefined;

  /** Adds the migrations of a lib. Constructors call it, so that it comes before `migrate`. */
  contribute(migrations: Migrations): void {
    if (this.migrated) throw new Error('The tables are made already.');
    Object.assign(this.migrations, migrations);
  }

  /** The names of all migrations that libs have brought. */
  get migrationNames(): string[] {
    return Object.keys(this.migrations);
  }

  /** Brings all tables up to date, once. @throws Error as `migrate` does */
  migrate(): Promise<void> {
    this.migrated ??= this.migrateTo(this.migrations);
    return this.migrated;
  }

  /** Gives the space of what was forgotten back to the disk, piece by piece. */
  abstract giveBackSpace(isStopped: () => boolean): Promise<void>;
  abstract close(): Promise<void>;
  protected abstract migrateTo(migrations: Migrations): Promise<void>;
}
