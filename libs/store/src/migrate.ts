import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { VERSION } from '#tools';
import { newerVersion, noteVersion } from './server-versions.js';

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
  const schema = Object.keys(migrations).sort().at(-1) ?? '';
  if (file !== undefined) await copyBefore(db, migrator, file);
  const { error, results } = await migrator.migrateToLatest();
  if (!error) return noteVersion(db, schema);
  const reason = error instanceof Error ? error.message : 'unknown reason';
  const [, newer] = NEWER.exec(reason) ?? [];
  if (newer) {
    const version = await newerVersion(db, schema);
    throw new Error(tooOld({ newer, version, schema, file }), { cause: error });
  }
  const failed =
    results?.find(({ status }) => status === 'Error')?.migrationName ?? 'the first one';
  throw new Error(
    `The database for executions cannot be used: ${failed} failed (${reason}). Check DATABASE_URL or EXECUTIONS_FILE.`,
    { cause: error },
  );
}

interface TooOld {
  /** The first migration that this server does not know. */
  newer: string;
  /** The version that made it, if it is known. */
  version: string | undefined;
  /** The last migration that this server knows. */
  schema: string;
  file: string | undefined;
}

/** What is wrong where the database is newer than this server, and the ways out. */
function tooOld({ newer, version, schema, file }: TooOld): string {
  const by = version === undefined ? 'a newer version of this server' : `skyflo-mcp ${version}`;
  const wanted = version === undefined ? 'that version' : `${version} or a newer version`;
  const copy = file === undefined ? undefined : `${file}.before-${newer}`;
  const back =
    copy === undefined
      ? 'restore the backup that was made before the upgrade'
      : existsSync(copy)
        ? `put the copy ${copy} in its place, which lacks what was stored since`
        : `put a backup of ${file} in its place`;
  return (
    `The database for executions was made by ${by}: it has the migration ${newer}. This is ` +
    `skyflo-mcp ${VERSION}, which knows those up to ${schema}. Nothing was changed. Start ` +
    `${wanted}; or stop all servers and ${back}; or name another database (DATABASE_URL or ` +
    `EXECUTIONS_FILE).`
  );
}

async function copyBefore(db: Kysely<unknown>, migrator: Migrator, file: string): Promise<void> {
  const migrations = await migrator.getMigrations();
  const next = migrations.find(({ executedAt }) => executedAt === undefined);
  if (!next || migrations[0] === next) return;
  const copy = `${file}.before-${next.name}`;
  if (existsSync(copy)) return;
  const unfinished = `${copy}.${process.pid}`;
  try {
    // SQLite takes a file that is there and empty: outputs may be confidential.
    closeSync(openSync(unfinished, 'w', 0o600));
    await sql`vacuum into ${unfinished}`.execute(db);
    renameSync(unfinished, copy);
  } catch (cause) {
    rmSync(unfinished, { force: true, recursive: true });
    throw new Error(
      `The database for executions is not brought up to date: its copy ${copy} cannot be made (${(cause as Error).message}). Make room for it, or set EXECUTIONS_FILE to another file.`,
      { cause },
    );
  }
}
