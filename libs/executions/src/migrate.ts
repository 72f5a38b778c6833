import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS, type Schema } from './schema.js';

/**
 * Brings the tables up to date. Several servers may do this at once.
 * @throws Error naming the migration that failed
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(MIGRATIONS) };
  const { error, results } = await new Migrator({ db, provider }).migrateToLatest();
  if (!error) return;
  const failed =
    results?.find(({ status }) => status === 'Error')?.migrationName ?? 'the first one';
  const reason = error instanceof Error ? error.message : 'unknown reason';
  throw new Error(
    `The database for executions cannot be used: ${failed} failed (${reason}). Check DATABASE_URL or EXECUTIONS_FILE.`,
    { cause: error },
  );
}
