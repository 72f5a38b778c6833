import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import type {
  SqliteAnswer,
  SqliteFile,
  SqliteQuestion,
  SqliteRows,
  SqliteStep,
} from './sqlite-thread.js';

/** Statements that are kept compiled. */
const MAX_STATEMENTS = 200;

/** @see https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5;
/**
 * Read only, I/O error, corrupt, cannot open, no database: what a connection may have of a file
 * that was replaced, or of a disk that was away, and a new one has not.
 */
const WORTH_REOPENING: ReadonlySet<number> = new Set([8, 10, 11, 14, 26]);
const BUSY_PAUSE_MS = 10;

interface Statement {
  statement: StatementSync;
  reads: boolean;
}

const statements = new Map<string, Statement>();
let file: SqliteFile;
let database: DatabaseSync | undefined;

// The thread starts before its file is known.
parentPort?.once('message', (given: SqliteFile) => {
  file = given;
  database = open();
  parentPort?.on('message', ({ id, steps, isAtomic }: SqliteQuestion) => {
    parentPort?.postMessage(answer(id, () => (isAtomic ? transact(steps) : run(steps))));
  });
});

function isInFile(): boolean {
  return file.path !== ':memory:';
}

function open(): DatabaseSync {
  const opened = new DatabaseSync(file.path, { timeout: 0 });
  // Of effect only in a new file.
  whenFree(opened, 'PRAGMA auto_vacuum = INCREMENTAL');
  whenFree(opened, 'PRAGMA journal_mode = WAL');
  // With a write-ahead log, NORMAL loses nothing when the process dies.
  opened.exec('PRAGMA synchronous = NORMAL');
  return opened;
}

function answer(id: number, act: () => SqliteRows): SqliteAnswer {
  try {
    database ??= open();
    return { id, ...act() };
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number };
    if (isInFile() && WORTH_REOPENING.has((errcode ?? 0) & 0xff)) close();
    return { id, error: { message, errcode } };
  }
}

function transact(steps: readonly SqliteStep[]): SqliteRows {
  database!.exec('begin immediate');
  try {
    const result = run(steps);
    database!.exec('commit');
    return result;
  } catch (error) {
    rollBack();
    throw error;
  }
}

/** SQLite has rolled back by itself after some errors, a full disk among them. */
function rollBack(): void {
  try {
    if (database!.isTransaction) database!.exec('rollback');
  } catch {
    // What was not committed goes with the connection.
    if (isInFile()) close();
  }
}

function run(steps: readonly SqliteStep[]): SqliteRows {
  const result: SqliteRows = { rows: [], changes: 0 };
  for (const { sql, rows } of steps) {
    const { statement, reads } = prepared(sql);
    for (const row of rows as SQLInputValue[][]) {
      if (reads) result.rows.push(...statement.all(...row));
      else result.changes = Number(statement.run(...row).changes);
    }
  }
  return result;
}

function prepared(sql: string): Statement {
  const known = statements.get(sql);
  if (known) return known;
  if (statements.size >= MAX_STATEMENTS) statements.clear();
  const statement = database!.prepare(sql);
  const made = { statement, reads: statement.columns().length > 0 };
  statements.set(sql, made);
  return made;
}

function close(): void {
  statements.clear();
  try {
    database?.close();
  } finally {
    database = undefined;
  }
}

/** Runs a statement again while other servers open the new file too. */
function whenFree(opened: DatabaseSync, sql: string): void {
  const end = performance.now() + file.openLimitMs;
  for (;;) {
    try {
      opened.exec(sql);
      return;
    } catch (error) {
      const isBusy = ((error as { errcode?: number }).errcode! & 0xff) === SQLITE_BUSY;
      if (!isBusy || performance.now() > end) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
  }
}
