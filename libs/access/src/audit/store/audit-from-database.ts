import { existsSync } from 'node:fs';
import { openDatabase, type SqlDatabase, type StoreConfig } from '#store';
import type { AuditCommandContext } from '../audit-command.js';
import { AuditDatabase } from './audit-database.js';
import { AuditStore } from './audit-store.js';

/** The record in a database. */
export interface StoredRecord {
  /** Opens the database with the first entry that is asked for. */
  readonly record: AuditCommandContext['record'];
  close(): Promise<void>;
}

/** The record of a server, which may be running, for `auditCommand`. */
export function auditFromDatabase(config: StoreConfig): StoredRecord {
  let database: Promise<SqlDatabase> | undefined;
  const opened = async () => {
    database ??= open(config);
    return new AuditStore(new AuditDatabase(await database));
  };
  return {
    record: () => ({
      entries: lazily(async () => (await opened()).entries()),
      checkpoints: lazily(async () => (await opened()).checkpoints()),
    }),
    close: async () => (await database)?.close(),
  };
}

async function open(config: StoreConfig): Promise<SqlDatabase> {
  const { databaseUrl, file } = config;
  if (databaseUrl === undefined && !existsSync(file)) {
    throw new Error(
      `There is no record: ${file} does not exist. Set EXECUTIONS_FILE or DATABASE_URL.`,
    );
  }
  return openDatabase(config);
}

async function* lazily(of: () => Promise<AsyncIterable<unknown>>): AsyncGenerator<unknown, void> {
  yield* await of();
}
