import { PostgresDatabase } from './postgres-database.js';
import type { SqlDatabase } from './sql-database.js';
import { SqliteDatabase } from './sqlite/sqlite-database.js';
import { prepareThread } from './sqlite/sqlite-thread.js';
import type { StoreConfig } from './store.config.js';

/** Begins with what takes a while and needs nothing else, before the database is opened. */
export function prepareDatabase({ databaseUrl }: StoreConfig): void {
  if (databaseUrl === undefined) prepareThread();
}

/** Opens the database that the settings name. @throws Error as `SqliteDatabase.open` */
export function openDatabase({ databaseUrl, file }: StoreConfig): Promise<SqlDatabase> {
  return databaseUrl === undefined ? SqliteDatabase.open(file) : PostgresDatabase.open(databaseUrl);
}
