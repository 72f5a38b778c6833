import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { PostgresDatabase, SqlDatabase, SqliteDatabase } from '#store';
import type { StoreWrites } from './batch.js';
import { PostgresWrites } from './postgres-writes.js';
import { MIGRATIONS, type Schema } from './schema.js';
import { SqliteWrites } from './sqlite-writes.js';

/** Where executions are remembered. */
@Injectable()
export class ExecutionDatabase {
  /** For what the server itself reads, and what it seldom writes. */
  readonly kysely: Kysely<Schema>;
  /** For callers who look at executions: however much they read, the server is not held up. */
  readonly reads: Kysely<Schema>;
  readonly writes: StoreWrites;
  /** How many of the writes may be under way at a time. */
  readonly lanes: number;
  /** As `SqlDatabase.serverId`. */
  readonly serverId: string;

  constructor(private readonly database: SqlDatabase) {
    database.contribute(MIGRATIONS);
    this.kysely = database.kysely.withTables<Schema>();
    this.reads = database.reads.withTables<Schema>();
    this.writes = writesTo(database);
    this.lanes = database.lanes;
    this.serverId = database.serverId;
  }

  /** As `SqlDatabase.migrate`. */
  migrate(): Promise<void> {
    return this.database.migrate();
  }

  /** As `SqlDatabase.giveBackSpace`. */
  giveBackSpace(isStopped: () => boolean): Promise<void> {
    return this.database.giveBackSpace(isStopped);
  }
}

function writesTo(database: SqlDatabase): StoreWrites {
  if (database instanceof SqliteDatabase) return new SqliteWrites(database);
  if (database instanceof PostgresDatabase) return new PostgresWrites(database);
  throw new Error(`Executions cannot be stored in a ${database.constructor.name}.`);
}
