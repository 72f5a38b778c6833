import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VERSION } from '#tools';
import { migrate, type Migrations } from './migrate.js';
import { VERSION_MIGRATIONS } from './server-versions.js';
import { SqliteDatabase } from './sqlite/sqlite-database.js';

const table = (name: string): Migrations[string] => ({
  up: (db) => db.schema.createTable(name).addColumn('id', 'text').execute(),
});

/** As two libs contribute them. */
const FIRST: Migrations = { '0001_one': table('one'), '0003_three': table('three') };
const SECOND: Migrations = { '0002_two': table('two') };
const ALL = { ...FIRST, ...SECOND, ...VERSION_MIGRATIONS };

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
    expect(await executed(database)).toEqual(Object.keys(ALL).sort());
    expect(() => database.contribute({ '0008_four': table('four') })).toThrow('made already');
  });

  it('is copied, for its owner only, before it is migrated', async () => {
    const copy = `${file}.before-0008_four`;
    await migrate(database.kysely, ALL, file);
    expect(existsSync(copy)).toBe(false);
    await migrate(database.kysely, { ...ALL, '0008_four': table('four') }, file);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const old = await SqliteDatabase.open(copy);
    expect(await executed(old)).toEqual(Object.keys(ALL).sort());
    await old.close();
  });

  describe('of a newer server', () => {
    beforeEach(() => later("insert into kysely_migration values ('9999_later', '2030-01-01')"));

    const later = (statement: string) => sql.raw(statement).execute(database.kysely);
    const refusal = () => migrate(database.kysely, ALL, file).catch(String);

    it('is refused', async () => {
      expect(await refusal()).toContain(
        `was made by a newer version of this server: it has the migration 9999_later. This is skyflo-mcp ${VERSION}, which knows those up to 0007_server_versions.`,
      );
    });

    it('names the version that made it', async () => {
      for (const [version, day] of [
        ['8.0.0', '2029-01-01'],
        ['9.1.0', '2030-01-02'],
        ['9.0.0', '2030-01-01'],
      ]) {
        await later(`insert into server_versions values ('${version}', '9999_later', '${day}')`);
      }
      expect(await refusal()).toContain(
        'was made by skyflo-mcp 9.1.0: it has the migration 9999_later.',
      );
      expect(await refusal()).toContain('Start 9.1.0 or a newer version;');
    });

    it('names the copy that was made before, if it is there', async () => {
      expect(await refusal()).toContain(`put a backup of ${file} in its place`);
      await writeFile(`${file}.before-9999_later`, '');
      expect(await refusal()).toContain(`put the copy ${file}.before-9999_later in its place`);
    });
  });

  it('stays as it is if it cannot be copied', async () => {
    const next = { ...ALL, '0008_four': table('four') };
    const unfinished = `${file}.before-0008_four.${process.pid}`;
    await mkdir(unfinished);
    await expect(migrate(database.kysely, next, file)).rejects.toThrow(
      `its copy ${file}.before-0008_four cannot be made (EISDIR`,
    );
    expect(await executed(database)).toEqual(Object.keys(ALL).sort());
  });
});
