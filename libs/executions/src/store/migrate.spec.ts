import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql, type Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite, type ExecutionDatabase } from './database.js';
import { migrate } from './migrate.js';
import { Retention } from './retention.js';
import { MIGRATIONS, type Schema } from './schema.js';
import { StoredBytes } from './stored-bytes.js';

const LAST = Object.keys(MIGRATIONS).sort().at(-1)!;

describe('a database in a file', () => {
  let folder: string;
  let file: string;
  let database: ExecutionDatabase;
  let db: Kysely<Schema>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'migrate-spec-'));
    file = join(folder, 'executions.db');
    database = await openSqlite(file);
    await database.migrate();
    db = database.kysely;
  });
  afterEach(async () => {
    await db.destroy();
    await rm(folder, { recursive: true });
  });

  it('is copied, for its owner only, before it is migrated', async () => {
    const copy = `${file}.before-${LAST}`;
    expect(existsSync(copy)).toBe(false);
    await sql`delete from kysely_migration where name = ${LAST}`.execute(db);
    await migrate(db, file);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const { kysely: old } = await openSqlite(copy);
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(old);
    await old.destroy();
    expect(rows.map(({ name }) => name)).not.toContain(LAST);
  });

  it('of a newer server is refused', async () => {
    await sql`insert into kysely_migration values ('9999_later', '2030-01-01')`.execute(db);
    await expect(migrate(db, file)).rejects.toThrow(
      'was made by a newer version of this server (it has the migration 9999_later)',
    );
  });

  it.each([
    ['gets smaller when what is in it is forgotten', false],
    ['does so too when it was made without the room for that', true],
  ])('%s', async (_what, isOld) => {
    if (isOld) await makeOld();
    const row = { tool: 't', category: 'k8s', caller: 'c', replica: 'r', status: 'succeeded' };
    const created_at = '2026-01-01T00:00:00.000Z';
    for (let count = 0; count < 40; count++) {
      const values = {
        ...row,
        id: `${count}`,
        created_at,
        size: 500_000,
        output: 'x'.repeat(500_000),
      };
      await db
        .insertInto('executions')
        .values({ ...values, cancel_requested: 0 })
        .execute();
    }
    const size = () => statSync(file).size + statSync(`${file}-wal`).size;
    const before = size();
    expect(before).toBeGreaterThan(20_000_000);
    const retention = new Retention(
      database,
      { maxAgeMs: 1, maxBytes: Infinity },
      new StoredBytes(),
    );
    await retention.start();
    await expect.poll(size, { timeout: 15_000 }).toBeLessThan(1_000_000);
    retention.stop();
  });

  /** Puts one in its place that SQLite has made with its defaults. */
  async function makeOld(): Promise<void> {
    await db.destroy();
    await rm(file);
    using old = new DatabaseSync(file);
    old.exec('create table old (a); drop table old');
    database = await openSqlite(file);
    await database.migrate();
    db = database.kysely;
    const { rows } = await sql`pragma auto_vacuum`.execute(db);
    expect(rows).toEqual([{ auto_vacuum: 0 }]);
  }
});
