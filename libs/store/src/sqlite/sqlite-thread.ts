import { Worker } from 'node:worker_threads';

/** The first message to the thread: what it opens. */
export interface SqliteFile {
  /** A path, or `:memory:`. */
  path: string;
  /** How long a file is waited for that other servers are opening too, in milliseconds. */
  openLimitMs: number;
}

/** A statement, run once with the parameters of each row. */
export interface SqliteStep {
  sql: string;
  rows: readonly (readonly unknown[])[];
}

/** What the thread is asked to do. */
export interface SqliteQuestion {
  id: number;
  steps: readonly SqliteStep[];
  /** Whether all of it is done in one transaction, or nothing. */
  isAtomic: boolean;
}

/** What came of it: the rows that were read, and how many were written by the last statement. */
export type SqliteAnswer =
  | { id: number; rows: unknown[]; changes: number }
  | { id: number; error: { message: string; errcode?: number } };

const OPEN_LIMIT_MS = 5_000;

/** A thread that has no file yet. */
let spare: Worker | undefined;

/** Starts a thread for the next file that is opened: it loads its code while the server does. */
export function prepareThread(): void {
  spare ??= startThread();
}

/** A refusal of SQLite. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';

  /** @param errcode extended result code, see https://www.sqlite.org/rescode.html */
  constructor(
    message: string,
    readonly errcode: number | undefined,
  ) {
    super(message);
  }

  /** The result code without what extends it. */
  get primaryCode(): number | undefined {
    return this.errcode === undefined ? undefined : this.errcode & 0xff;
  }
}

type Waiting = { resolve: (rows: SqliteRows) => void; reject: (error: Error) => void };

export interface SqliteRows {
  rows: unknown[];
  changes: number;
}

/**
 * One connection to an SQLite database, in a thread: SQLite's calls block, and the file may be
 * locked or slow.
 */
export class SqliteThread {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private worker: Worker | undefined;
  private isClosed = false;

  private constructor(private readonly file: string) {}

  /** @throws Error what SQLite says, where the file cannot be opened */
  static async open(file: string): Promise<SqliteThread> {
    const thread = new SqliteThread(file);
    // The first question shows whether the file could be opened.
    await thread.query('select 1', []);
    return thread;
  }

  /** @throws SqliteError; Error where the thread has ended, which the next question starts again */
  query(sql: string, parameters: readonly unknown[]): Promise<SqliteRows> {
    return this.ask([{ sql, rows: [parameters] }], false);
  }

  /** Does all of it, or nothing. @throws as `query` */
  transact(steps: readonly SqliteStep[]): Promise<SqliteRows> {
    return this.ask(steps, true);
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.isClosed = true;
    // What is still answered must not let the process end before the thread has.
    this.worker = undefined;
    worker?.ref();
    await worker?.terminate();
    this.rejectAll(closed());
  }

  private ask(steps: readonly SqliteStep[], isAtomic: boolean): Promise<SqliteRows> {
    if (this.isClosed) return Promise.reject(closed());
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const worker = this.worker ?? this.start();
      // Only who waits for an answer keeps the process alive.
      worker.ref();
      worker.postMessage({ id, steps, isAtomic } satisfies SqliteQuestion);
    });
  }

  private start(): Worker {
    const worker = spare ?? startThread();
    spare = undefined;
    worker.postMessage({ path: this.file, openLimitMs: OPEN_LIMIT_MS } satisfies SqliteFile);
    worker.on('message', (answer: SqliteAnswer) => this.take(answer));
    worker.on('error', (error) => this.lost(worker, error as Error));
    worker.on('exit', () => this.lost(worker, new Error('The thread of the database has ended.')));
    this.worker = worker;
    return worker;
  }

  private take(answer: SqliteAnswer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.worker?.unref();
    if ('error' in answer) {
      waiting?.reject(new SqliteError(answer.error.message, answer.error.errcode));
    } else {
      waiting?.resolve(answer);
    }
  }

  private lost(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.rejectAll(error);
  }

  private rejectAll(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/** It does not keep the process alive. */
function startThread(): Worker {
  const worker = new Worker(new URL('./sqlite.worker.js', import.meta.url), {
    // The thread holds little data, so it needs less room for young objects than the server.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  return worker;
}

function closed(): Error {
  return new Error('The database is closed.');
}
