import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from './sqlite-database.js';

describe('a database in a file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlite-space-spec-'));
    file = join(folder, 'executions.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['gets smaller when what is in it is forgotten', false],
    ['does so too when it was made without the room for that', true],
  ])('%s', async (_what, isOld) => {
    if (isOld) makeOld();
    const database = await SqliteDatabase.open(file);
    const { kysely } = database;
    if (isOld) {
      expect((await sql`pragma auto_vacuum`.execute(kysely)).rows).toEqual([{ auto_vacuum: 0 }]);
    }
    await sql`create table texts (text text)`.execute(kysely);
    for (let count = 0; count < 40; count++) {
      await sql`insert into texts values (${'x'.repeat(500_000)})`.execute(kysely);
    }
    const size = () => statSync(file).size + statSync(`${file}-wal`).size;
    expect(size()).toBeGreaterThan(20_000_000);
    await sql`delete from texts`.execute(kysely);
    await database.giveBackSpace(() => false);
    expect(size()).toBeLessThan(1_000_000);
    await database.close();
  });

  /** Makes it as SQLite does with its defaults. */
  function makeOld(): void {
    using old = new DatabaseSync(file);
    old.exec('create table old (a); drop table old');
  }
});
