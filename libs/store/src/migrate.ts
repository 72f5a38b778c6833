import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';

/** By name. Kysely runs them in the order of their names, so each name begins with a number. */
export type Migrations = Record<string, Migration>;

/** How Kysely words that the database has been migrated further than this server knows. */
const NEWER = /previously executed migration (\S+) is missing/;

/**
 * Brings the tables up to date. Several servers may do this at once. A database in a file is copied
 * first, to `FILE.before-MIGRATION` beside it.
 * @param file of an SQLite database
 * @throws Error naming the migration that failed, or that this server is older than the database
 */
export async function migrate(
  db: Kysely<unknown>,
  migrations: Migrations,
  file?: string,
): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  const migrator = new Migrator({ db, provider });
  if (file !== undefined) await copyBefore(db, migrator, file);
  const { error, results } = await migrator.migrateToLatest();
  if (!error) return;
  const reason = error instanceof Error ? error.message : 'unknown reason';
  const [, newer] = NEWER.exec(reason) ?? [];
  if (newer) {
    throw new Error(
      `The database for executions was made by a newer version of this server (it has the migration ${newer}). Use that version, or another database (DATABASE_URL or EXECUTIONS_FILE).`,
      { cause: error },
    );
  }
  const failed =
    results?.find(({ status }) => status === 'Error')?.migrationName ?? 'the first one';
  throw new Error(
    `The database for executions cannot be used: ${failed} failed (${reason}). Check DATABASE_URL or EXECUTIONS_FILE.`,
    { cause: error },
  );
}

async function copyBefore(db: Kysely<unknown>, migrator: Migrator, file: string): Promise<void> {
  const migrations = await migrator.getMigrations();
  const next = migrations.find(({ executedAt }) => executedAt === undefined);
  if (!next || migrations[0] === next) return;
  const copy = `${file}.before-${next.name}`;
  if (existsSync(copy)) return;
  const unfinished = `${copy}.${process.pid}`;
  // SQLite takes a file that is there and empty: outputs may be confidential.
  closeSync(openSync(unfinished, 'w', 0o600));
  await sql`vacuum into ${unfinished}`.execute(db);
  renameSync(unfinished, copy);
}
