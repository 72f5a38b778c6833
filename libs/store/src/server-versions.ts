import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { VERSION } from '#tools';

type Schema = {
  server_versions: {
    version: string;
    /** The last migration that the server knows. */
    schema: string;
    /** ISO 8601 in UTC. */
    started_at: string;
  };
};

/** The versions of the server that have used a database, for those that are too old for it. */
export const VERSION_MIGRATIONS: Record<string, Migration> = {
  '0007_server_versions': {
    async up(db) {
      await db.schema
        .createTable('server_versions')
        .addColumn('version', 'text', (column) => column.primaryKey())
        .addColumn('schema', 'text', (column) => column.notNull())
        .addColumn('started_at', 'text', (column) => column.notNull())
        .execute();
    },
  },
};

/** Notes that this version has started, as well as that can be done. */
export async function noteVersion(db: Kysely<unknown>, schema: string): Promise<void> {
  const started = { schema, started_at: new Date().toISOString() };
  try {
    await db
      .withTables<Schema>()
      .insertInto('server_versions')
      .values({ version: VERSION, ...started })
      .onConflict((conflict) => conflict.column('version').doUpdateSet(started))
      .execute();
  } catch {
    // Only a message of older servers needs it. A database that cannot be written to is told of
    // elsewhere.
  }
}

/** The version that started last of those that know more migrations, if any has noted itself. */
export async function newerVersion(
  db: Kysely<unknown>,
  schema: string,
): Promise<string | undefined> {
  try {
    const row = await db
      .withTables<Schema>()
      .selectFrom('server_versions')
      .select('version')
      .where('schema', '>', schema)
      .orderBy('started_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.version;
  } catch {
    return undefined;
  }
}
