import { existsSync } from 'node:fs';
import { openDatabase, type StoreConfig } from '#store';
import type { AuditCommandContext } from './audit-command.js';
import { AuditDatabase } from './store/audit-database.js';
import { AuditStore } from './store/audit-store.js';

/** The record in a database. Close it once it was read. */
export interface OpenRecord {
  readonly record: AuditCommandContext['record'];
  close(): Promise<void>;
}

/**
 * Opens the record of a server, which may be running, for `auditCommand`.
 * @throws Error where there is no such database
 */
export async function auditFromDatabase(config: StoreConfig): Promise<OpenRecord> {
  const { databaseUrl, file } = config;
  if (databaseUrl === undefined && !existsSync(file)) {
    throw new Error(`There is no audit: ${file} does not exist. Set EXECUTIONS_FILE or DATABASE_URL.`);
  }
  const database = await openDatabase(config);
  const store = new AuditStore(new AuditDatabase(database));
  return {
    record: () => ({ entries: store.entries(), checkpoints: store.checkpoints() }),
    close: () => database.close(),
  };
}
