import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { SqliteAnswer, SqliteQuestion } from './sqlite-thread.js';

/** Statements that are kept compiled; those that write many rows differ by their number. */
const MOST_STATEMENTS = 200;

/** @see https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
const BUSY_PAUSE_MS = 10;

const { file, openLimitMs } = workerData as { file: string; openLimitMs: number };
const statements = new Map<string, StatementSync>();
const database = new DatabaseSync(file, { timeout: 0 });
// Of effect only in a new file.
whenFree('PRAGMA auto_vacuum = INCREMENTAL');
whenFree('PRAGMA journal_mode = WAL');
// With a write-ahead log, NORMAL loses nothing when the process dies.
database.exec('PRAGMA synchronous = NORMAL');

parentPort?.on('message', ({ id, sql, parameters }: SqliteQuestion) => {
  parentPort?.postMessage(answer(id, sql, parameters));
});

function answer(id: number, sql: string, parameters: readonly unknown[]): SqliteAnswer {
  try {
    const statement = prepared(sql);
    const values = parameters as SQLInputValue[];
    if (statement.columns().length > 0) {
      return { id, rows: statement.all(...values), changes: 0 };
    }
    return { id, rows: [], changes: Number(statement.run(...values).changes) };
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number };
    return { id, error: { message, errcode } };
  }
}

function prepared(sql: string): StatementSync {
  const known = statements.get(sql);
  if (known) return known;
  if (statements.size >= MOST_STATEMENTS) statements.clear();
  const statement = database.prepare(sql);
  statements.set(sql, statement);
  return statement;
}

/** Does what nobody can be told to come back for, while other servers open the new file too. */
function whenFree(sql: string): void {
  const end = performance.now() + openLimitMs;
  for (;;) {
    try {
      database.exec(sql);
      return;
    } catch (error) {
      const isBusy = ((error as { errcode?: number }).errcode! & 0xff) === SQLITE_BUSY;
      if (!isBusy || performance.now() > end) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
  }
}
