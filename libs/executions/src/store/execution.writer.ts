import { Logger } from '@nestjs/common';
import { orAfter } from '#tools';
import { ROW_BYTES } from './execution-row.js';
import type { Batch, ExecutionStore } from './execution.store.js';
import type { LiveExecution } from '../run/live-execution.js';
import type { Retention } from './retention.js';
import { halvesOf, isRowRefused } from './refused-rows.js';
import type { ExecutionRow } from './schema.js';
import type { StoredBytes } from './stored-bytes.js';

/** How long what is written may wait for others to go with it, in milliseconds. */
const FLUSH_MS = 25;
/** The same for what is over and was never to be followed. */
const LATE_FLUSH_MS = 100;
/** How long after a failure of the database it is tried again. */
const RETRY_MS = 1_000;
/** Rows, and characters in them, that wait at most while the database is away. */
const MOST_WAITING = 20_000;
const MOST_WAITING_CHARS = 50_000_000;

/** What the writer works with. */
interface WriterParts {
  store: ExecutionStore;
  bytes: StoredBytes;
  retention: Retention;
  /** Is told which executions have changed, after each batch. */
  written: (ids: ReadonlySet<string>) => void;
}

/**
 * Writes to the store in batches: a transaction for each call would cost more than a small call.
 * What is awaited with `flush` is stored; the rest follows within moments, again and again while
 * the database is away.
 */
export class ExecutionWriter {
  private readonly logger = new Logger(ExecutionWriter.name);
  private batch = emptyBatch();
  private readonly withEvents = new Set<LiveExecution>();
  private timer: NodeJS.Timeout | undefined;
  /** When it goes off, by `performance.now()`. */
  private dueMs = Infinity;
  /** Not before this time is it tried again, after a failure. */
  private pausedUntilMs = 0;
  private writing: Promise<void> = Promise.resolve();
  private failed: string | undefined;

  constructor(private readonly parts: WriterParts) {}

  /** Why nothing can be stored now; undefined while it can. */
  get failure(): string | undefined {
    return this.failed;
  }

  insert(row: ExecutionRow): void {
    this.batch.inserts.push(row);
    this.schedule(FLUSH_MS);
  }

  /** Stores an execution that was over before anybody could look for it: that has time. */
  insertEnded(row: ExecutionRow): void {
    this.batch.inserts.push(row);
    this.schedule(LATE_FLUSH_MS);
  }

  update(id: string, values: Partial<ExecutionRow>): void {
    this.batch.updates.push({ id, values });
    this.schedule(FLUSH_MS);
  }

  /** Stores what events an execution has by then. */
  events(execution: LiveExecution): void {
    if (!execution.hasEvents) return;
    this.withEvents.add(execution);
    this.schedule(FLUSH_MS);
  }

  /**
   * Stores everything that waits, now.
   * @throws what the database says; it is then tried again later
   */
  flush(): Promise<void> {
    this.unschedule();
    this.writing = this.writing.catch(() => {}).then(() => this.write());
    return this.writing;
  }

  /** Stores everything that waits, as far as that can be done within so many milliseconds. */
  async flushWithin(ms: number): Promise<void> {
    await orAfter(
      ms,
      this.flush().catch(() => {}),
    );
  }

  /** Stores what waits, and tries no more after that. */
  async close(): Promise<void> {
    await this.flush().catch((error: Error) =>
      this.logger.error(`The last executions are not stored: ${error.message}`),
    );
    this.unschedule();
  }

  private async write(): Promise<void> {
    const { batch } = this;
    const { retention, written } = this.parts;
    const sizes: Batch['updates'] = [];
    for (const execution of this.withEvents) {
      batch.events.push(...execution.takeEvents());
      // Its end says its whole size.
      if (execution.isEnding) continue;
      sizes.push({ id: execution.id, values: { size: ROW_BYTES + execution.eventBytes } });
    }
    this.withEvents.clear();
    batch.updates.unshift(...sizes);
    if (sizeOf(batch) === 0) return;
    this.batch = emptyBatch();
    try {
      await this.writeOrSplit(await retention.makeRoom(batch));
      this.failed = undefined;
    } catch (error) {
      this.failed = (error as Error).message;
      this.keep(batch);
      throw error;
    }
    const { inserts, updates, events } = batch;
    const stored = [...inserts, ...updates].map(({ id }) => id);
    written(new Set([...stored, ...events.map((row) => row.execution_id)]));
  }

  /** Writes a batch, or all of it that the database takes: a bad row never holds up the others. */
  private async writeOrSplit(batch: Batch): Promise<void> {
    const { store, bytes } = this.parts;
    try {
      await store.write(batch);
      bytes.written(batch);
    } catch (error) {
      if (!isRowRefused(error)) throw error;
      const halves = halvesOf(batch);
      if (!halves) {
        const reason = (error as Error).message;
        this.logger.error({ message: 'A row is dropped: the database refuses it', reason, batch });
      }
      for (const half of halves ?? []) await this.writeOrSplit(half);
    }
  }

  private keep({ inserts, updates, events }: Batch): void {
    const later = this.batch;
    this.batch = {
      inserts: [...inserts, ...later.inserts],
      updates: [...updates, ...later.updates],
      events: [...events, ...later.events],
    };
    if (isTooMuch(this.batch)) {
      this.logger.error('Events and outputs of executions are lost: the database is away.');
      this.batch = withoutTexts(this.batch);
    }
    if (isTooMuch(this.batch)) {
      this.logger.error(`${sizeOf(this.batch)} executions are lost: the database is away.`);
      this.batch = emptyBatch();
    }
    this.pausedUntilMs = performance.now() + RETRY_MS;
    this.schedule(RETRY_MS);
  }

  private schedule(ms: number): void {
    const now = performance.now();
    const dueMs = Math.max(now + ms, this.pausedUntilMs);
    if (dueMs >= this.dueMs) return;
    this.unschedule();
    this.dueMs = dueMs;
    this.timer = setTimeout(() => {
      this.flush().catch((error: Error) =>
        this.logger.warn(`Executions are not stored for now: ${error.message}`),
      );
    }, dueMs - now);
  }

  private unschedule(): void {
    clearTimeout(this.timer);
    this.dueMs = Infinity;
  }
}

function emptyBatch(): Batch {
  return { inserts: [], updates: [], events: [] };
}

function sizeOf({ inserts, updates, events }: Batch): number {
  return inserts.length + updates.length + events.length;
}

function isTooMuch(batch: Batch): boolean {
  const { inserts, updates, events } = batch;
  const texts = [...inserts, ...updates.map(({ values }) => values)].flatMap(textsOf);
  const chars = [...texts, ...events.map(({ data }) => data)].reduce(
    (sum, text) => sum + (text?.length ?? 0),
    0,
  );
  return sizeOf(batch) > MOST_WAITING || chars > MOST_WAITING_CHARS;
}

/** How each execution stands, without what it has put out. */
function withoutTexts({ inserts, updates }: Batch): Batch {
  const nothing = { output: null, data: null };
  return {
    inserts: inserts.map((row) => ({ ...row, ...nothing })),
    updates: updates.map(({ id, values }) => ({ id, values: { ...values, ...nothing } })),
    events: [],
  };
}

function textsOf({ output, data, error }: Partial<ExecutionRow>): (string | null | undefined)[] {
  return [output, data, error];
}
