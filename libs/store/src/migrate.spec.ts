import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate, type Migrations } from './migrate.js';
import { SqliteDatabase } from './sqlite/sqlite-database.js';

const table = (name: string): Migrations[string] => ({
  up: (db) => db.schema.createTable(name).addColumn('id', 'text').execute(),
});

/** As two libs contribute them. */
const FIRST: Migrations = { '0001_one': table('one'), '0003_three': table('three') };
const SECOND: Migrations = { '0002_two': table('two') };
const ALL = { ...FIRST, ...SECOND };

describe('a database in a file', () => {
  let folder: string;
  let file: string;
  let database: SqliteDatabase;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'migrate-spec-'));
    file = join(folder, 'executions.db');
    database = await SqliteDatabase.open(file);
    database.contribute(FIRST);
    database.contribute(SECOND);
    await database.migrate();
  });
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const executed = async ({ kysely }: SqliteDatabase) => {
    const names = sql<{ name: string }>`select name from kysely_migration order by timestamp, name`;
    return (await names.execute(kysely)).rows.map(({ name }) => name);
  };

  it('gets the tables of all libs in the order of their names', async () => {
    expect(await executed(database)).toEqual(['0001_one', '0002_two', '0003_three']);
    expect(() => database.contribute({ '0004_four': table('four') })).toThrow('made already');
  });

  it('is copied, for its owner only, before it is migrated', async () => {
    const copy = `${file}.before-0004_four`;
    await migrate(database.kysely, ALL, file);
    expect(existsSync(copy)).toBe(false);
    await migrate(database.kysely, { ...ALL, '0004_four': table('four') }, file);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const old = await SqliteDatabase.open(copy);
    expect(await executed(old)).toEqual(Object.keys(ALL).sort());
    await old.close();
  });

  it('of a newer server is refused', async () => {
    const { kysely } = database;
    await sql`insert into kysely_migration values ('9999_later', '2030-01-01')`.execute(kysely);
    await expect(migrate(kysely, ALL, file)).rejects.toThrow(
      'was made by a newer version of this server (it has the migration 9999_later)',
    );
  });
});
