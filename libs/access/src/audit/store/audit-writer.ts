import { Injectable, Logger } from '@nestjs/common';
import { orAfter } from '#base';
import { isRowRefused, STORE_FAILURES } from '#store';
import type { AuditEntry } from '../audit-entry.js';
import { AuditDatabase } from './audit-database.js';
import { batchOf } from './audit-row.js';

/** How long an entry that nobody waits for may wait for others to go with it, in milliseconds. */
const FLUSH_MS = 100;
/** How long after a failure of the database it is tried again. */
const RETRY_MS = 500;
/** Entries of one batch, and characters of diffs in them. */
const MAX_ENTRIES = 1_000;
const MAX_CHARS = 1_000_000;

interface Waiting extends PromiseWithResolvers<void> {
  readonly entry: AuditEntry;
}

/**
 * Stores entries in batches, one batch at a time and so in their order. What fails is tried again
 * until it is stored.
 */
@Injectable()
export class AuditWriter {
  private readonly logger = new Logger('Audit');
  private readonly waiting: Waiting[] = [];
  private flight: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isSoon = false;
  private isClosed = false;
  private failed: string | undefined;

  constructor(private readonly database: AuditDatabase) {}

  /** Why entries cannot be stored now; undefined while they can. */
  get failure(): string | undefined {
    return this.failed;
  }

  /**
   * Stores an entry a little later, with others that come until then.
   * @returns resolves once it is stored; rejects for an entry that the database refuses, and for
   * what was not stored before the end
   */
  store(entry: AuditEntry): Promise<void> {
    if (this.isClosed) return Promise.reject(new Error('The audit is closed.'));
    const waiting = { entry, ...Promise.withResolvers<void>() };
    this.waiting.push(waiting);
    if (this.waiting.length >= MAX_ENTRIES) this.hurry();
    else this.timer ??= setTimeout(() => this.launch(), FLUSH_MS);
    return waiting.promise;
  }

  /**
   * Stores what waits as soon as that can be: at the end of this turn of the event loop, so that
   * entries of the same turn go along.
   */
  hurry(): void {
    // After a failure the retry takes everything.
    if (this.isSoon || this.flight || this.failed !== undefined) return;
    this.isSoon = true;
    setImmediate(() => {
      this.isSoon = false;
      this.launch();
    });
  }

  /** Stores what waits, as far as that can be done within so many milliseconds. */
  async flushWithin(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (this.waiting.length > 0 && performance.now() < end) {
      this.launch();
      await orAfter(end - performance.now(), this.flight ?? Promise.resolve());
      if (this.failed !== undefined) return;
    }
  }

  /** Gives up what is not stored. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const { reject } of this.waiting.splice(0)) reject(new Error('The server has ended.'));
  }

  private launch(): void {
    // Also where nothing is launched: a timer that has gone off must not keep the next one away.
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.flight || this.isClosed || this.waiting.length === 0) return;
    this.flight = this.fly(this.nextBatch()).finally(() => {
      this.flight = undefined;
      if (this.waiting.length === 0 || this.isClosed) return;
      if (this.failed === undefined) this.launch();
      else this.timer ??= setTimeout(() => this.launch(), RETRY_MS).unref();
    });
  }

  private nextBatch(): Waiting[] {
    let chars = 0;
    const end = this.waiting.slice(0, MAX_ENTRIES).findIndex(({ entry: { objects = [] } }) => {
      chars += objects.reduce((sum, { diff = '' }) => sum + diff.length, 0);
      return chars > MAX_CHARS;
    });
    return this.waiting.slice(0, end < 0 ? MAX_ENTRIES : Math.max(1, end));
  }

  private async fly(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.writeOrSplit(batch);
    } catch (error) {
      const { message } = error as Error;
      if (this.failed === undefined) {
        this.logger.warn(`The audit is not stored for now: ${message}`);
      }
      this.failed = message;
      STORE_FAILURES.add(1, 'audit');
      return;
    }
    if (this.failed !== undefined) this.logger.log('The audit is stored again.');
    this.failed = undefined;
  }

  /** Writes a batch, or all of it that the database takes: a bad row never holds up the others. */
  private async writeOrSplit(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.database.write(batchOf(batch.map(({ entry }) => entry)));
    } catch (error) {
      if (!isRowRefused(error)) throw error;
      if (batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await this.writeOrSplit(batch.slice(0, half));
        await this.writeOrSplit(batch.slice(half));
        return;
      }
      this.waiting.shift();
      batch[0]!.reject(error);
      return;
    }
    this.waiting.splice(0, batch.length);
    for (const { resolve } of batch) resolve();
  }
}
