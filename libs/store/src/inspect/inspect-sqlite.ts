import {
  accessSync,
  constants,
  existsSync,
  openSync,
  readSync,
  closeSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** @see https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
const TRIES = 10;
const PAUSE_MS = 100;

/** Where a database file says how it is written, and what it says there for a write-ahead log. */
const MODE_OFFSET = 18;
const WRITE_AHEAD = 2;

/**
 * The migrations that a database file has had. It is only read, and no lock of it is held against
 * a server that uses it. Undefined if there is no file.
 * @throws Error for a file that is no database, is locked, or cannot be written
 */
export async function sqliteMigrations(file: string): Promise<string[] | undefined> {
  const folder = existing(dirname(file));
  writable(folder);
  if (!existsSync(file)) return undefined;
  writable(file);
  for (let left = TRIES; ; left--) {
    try {
      return read(file);
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number };
      const isBusy = (errcode & 0xff) === SQLITE_BUSY;
      if (!isBusy) throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
      if (left === 0) {
        throw new Error(`${file} is locked by another program. End it, or use another file.`, {
          cause: error,
        });
      }
    }
    await sleep(PAUSE_MS);
  }
}

function read(file: string): string[] {
  const database = new DatabaseSync(addressOf(file), { readOnly: true, timeout: 0 });
  try {
    const tables = database
      .prepare("select 1 from sqlite_master where name = 'kysely_migration'")
      .all();
    if (tables.length === 0) return [];
    const rows = database.prepare('select name from kysely_migration').all();
    return rows.map(({ name }) => String(name));
  } finally {
    database.close();
  }
}

/**
 * A file whose log is gone is used by nobody. SQLite would put a new log beside it to read it,
 * unless it is told that the file does not change.
 */
function addressOf(file: string): URL {
  const address = pathToFileURL(file);
  if (isWriteAhead(file) && !existsSync(`${file}-wal`)) address.search = '?immutable=1';
  return address;
}

function isWriteAhead(file: string): boolean {
  const opened = openSync(file, 'r');
  try {
    const mode = Buffer.alloc(1);
    readSync(opened, mode, 0, 1, MODE_OFFSET);
    return mode[0] === WRITE_AHEAD;
  } finally {
    closeSync(opened);
  }
}

/** The nearest folder above that is there: the server makes those that are missing. */
function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}

function writable(path: string): void {
  try {
    accessSync(path, constants.W_OK);
    if (statSync(path).isDirectory()) accessSync(path, constants.X_OK);
  } catch (cause) {
    throw new Error(`This user may not write to ${path}. Give it the right, or use another.`, {
      cause,
    });
  }
}
