import { EventEmitter } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import { orAfter } from '#base';
import { isOfDatabase, isRowRefused, NotConnected, STORE_FAILURES } from '#store';
import { executionsIn, halvesOf, withoutTexts, type Batch } from './batch.js';
import { ExecutionDatabase } from './database.js';
import type { EventSource, PendingWrite } from './pending-write.js';
import { batchOf, PendingWrites } from './pending-writes.js';
import { Replicas } from './replicas.js';
import { Retention } from './retention.js';
import type { ExecutionRow } from './schema.js';
import { StoredBytes } from './stored-bytes.js';

/** How long what is written may wait for others to go with it, in milliseconds. */
const FLUSH_MS = 25;
/** The same for what is over and was never to be followed. */
const LATE_FLUSH_MS = 100;
/** How long after a failure of the database it is tried again. */
const RETRY_MS = 1_000;
/** How often a write fails alone, while others do not, before it is given up. */
const MAX_FAILURES_ALONE = 3;

/**
 * Writes to the store in batches, several at a time: each takes what waits. The writes of one
 * execution keep their order, as the next one waits for that which is under way. What fails is
 * tried again and again, in two halves once it may be its own fault, so that it never holds up
 * anything else.
 */
@Injectable()
export class ExecutionWriter {
  /** `written`: after each batch, with the ids of the executions that have changed. */
  readonly events = new EventEmitter<{ written: [ids: ReadonlySet<string>] }>();
  private readonly logger = new Logger(ExecutionWriter.name);
  private readonly pending = new PendingWrites((message) => this.logOnce(message));
  /** By execution. */
  private readonly flying = new Map<string, Promise<void>>();
  private readonly flights = new Set<Promise<void>>();
  /** Those who wait until less waits to be written. */
  private readonly forRoom: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** When it goes off, by `performance.now()`. */
  private dueMs = Infinity;
  private isLaunching = false;
  private isClosed = false;
  private lastGroup = 0;
  private lastSuccessMs = -Infinity;
  private failed: string | undefined;
  private logged = new Set<string>();

  constructor(
    private readonly database: ExecutionDatabase,
    private readonly bytes: StoredBytes,
    private readonly retention: Retention,
    private readonly replicas: Replicas,
  ) {
    replicas.events.on('beat', () => this.reached());
  }

  /** Why executions cannot be stored now; undefined while they can. */
  get failure(): string | undefined {
    return this.failed ?? this.replicas.failure;
  }

  insert(row: ExecutionRow): void {
    this.add(row.id, FLUSH_MS, (write) => (write.insert = row));
  }

  /** Stores an execution that was over before anybody could look for it: that has time. */
  insertEnded(row: ExecutionRow, end: Partial<ExecutionRow>): void {
    const change = { insert: row, update: end, isLosable: true };
    this.add(row.id, LATE_FLUSH_MS, (write) => Object.assign(write, change));
  }

  update(id: string, values: Partial<ExecutionRow>): void {
    this.add(id, FLUSH_MS, ({ update }) => Object.assign(update, values));
  }

  /** Stores what events an execution has by then. */
  storeEvents(source: EventSource): void {
    this.add(source.id, FLUSH_MS, (write) => (write.source = source));
  }

  /** Stores the end of an execution that was not begun, unless the database cannot have it. */
  notBegun(id: string, end: Partial<ExecutionRow>): void {
    const write = this.pending.get(id);
    if (write?.insert && !write.isInDoubt && !this.flying.has(id)) {
      this.pending.delete(id);
      return;
    }
    this.update(id, end);
    this.pending.add(id, (added) => (added.isLosable = true));
  }

  /**
   * Waits until what there is of an execution is stored, as soon as that can be.
   * @throws what the database says; it is then tried again later
   */
  stored(id: string): Promise<void> {
    const write = this.pending.get(id);
    if (!write) return this.flying.get(id) ?? Promise.resolve();
    this.launchSoon();
    return write.settled;
  }

  /** Stores everything that waits, as far as that can be done within so many milliseconds. */
  async flushWithin(ms: number): Promise<void> {
    this.launch();
    await orAfter(ms, Promise.allSettled(this.flights));
  }

  /**
   * Calls back when the caller of an execution that has ended may run more: at once, unless its
   * texts are long, the store is behind, and the database is there.
   */
  whenRoom(id: string, act: () => void): void {
    if (!this.pending.isLong(id)) return act();
    this.forRoom.push(act);
    this.tellRoom();
  }

  /** The database takes what is written: what waits is tried at once. */
  private reached(): void {
    if (this.failed === undefined) return;
    if (this.pending.size === 0) this.failed = undefined;
    this.pending.hurry();
    this.launchSoon();
  }

  /** Stores what waits, and tries no more after that. */
  async close(): Promise<void> {
    this.failed = undefined;
    this.pending.hurry();
    do {
      this.launch();
      await Promise.allSettled(this.flights);
    } while (this.failed === undefined && this.pending.size > 0);
    this.isClosed = true;
    this.unschedule();
    this.tellRoom();
    // The flights above may have set it, which the compiler does not see.
    const reason = this.failed as string | undefined;
    if (reason) this.logger.error(`The last executions are not stored: ${reason}`);
  }

  private add(id: string, flushMs: number, change: (write: PendingWrite) => void): void {
    this.pending.add(id, change);
    if (this.failed !== undefined) this.pending.boundInOutage();
    this.schedule(flushMs);
  }

  private tellRoom(): void {
    if (!this.pending.hasRoom && this.failed === undefined && !this.isClosed) return;
    for (const act of this.forRoom.splice(0)) act();
  }

  /** At the end of this turn of the event loop, so that writes of the same turn go along. */
  private launchSoon(): void {
    if (this.isLaunching) return;
    this.isLaunching = true;
    setImmediate(() => {
      this.isLaunching = false;
      this.launch();
    });
  }

  private launch(): void {
    this.unschedule();
    while (this.flights.size < this.database.lanes && !this.isClosed) {
      const writes = this.pending.take((id) => this.flying.has(id), performance.now());
      if (writes.length === 0) break;
      const flight = this.fly(writes).finally(() => {
        this.flights.delete(flight);
        for (const { id } of writes) this.flying.delete(id);
        if (this.pending.size > 0) this.launch();
        this.tellRoom();
      });
      this.flights.add(flight);
      for (const { id } of writes) this.flying.set(id, flight);
      flight.catch(() => {});
    }
    // Failed writes wait for their time. The others follow when a flight has ended.
    if (this.pending.size > 0 && this.flights.size === 0) this.schedule(RETRY_MS);
  }

  private async fly(writes: readonly PendingWrite[]): Promise<void> {
    const batch = batchOf(writes);
    try {
      const fitting = await this.retention.makeRoom(batch);
      const arrived = this.bytes.expect(fitting);
      await this.writeOrSplit(fitting).finally(arrived);
    } catch (error) {
      this.takeBack(writes, error as Error);
      throw error;
    }
    this.lastSuccessMs = performance.now();
    if (this.failed !== undefined) {
      this.logger.log('Executions are stored again.');
      this.failed = undefined;
      this.logged.clear();
      this.pending.hurry();
    }
    for (const write of writes) write.settle();
    this.events.emit('written', new Set(writes.map(({ id }) => id)));
  }

  /** Writes a batch, or all of it that the database takes: a bad row never holds up the others. */
  private async writeOrSplit(batch: Batch): Promise<void> {
    try {
      await this.database.writes.write(batch);
      this.bytes.written(batch);
    } catch (error) {
      if (!isRowRefused(error)) throw error;
      const parts = halvesOf(batch) ?? withoutTexts(batch);
      if (parts.length < 2) {
        const reason = (error as Error).message;
        const what = parts.length === 1 ? 'Texts are' : 'A row is';
        const [executionId] = executionsIn(batch);
        this.logger.error({ msg: `${what} dropped: the database refuses it`, reason, executionId });
      }
      for (const part of parts) await this.writeOrSplit(part);
    }
  }

  private takeBack(writes: readonly PendingWrite[], error: Error): void {
    this.failed = error.message;
    STORE_FAILURES.add(1, 'executions');
    this.logOnce(`Executions are not stored for now: ${error.message}`);
    const wasSent = !(error instanceof NotConnected);
    const group = this.lastGroup;
    if (wasSent && writes.length > 1) this.lastGroup += 2;
    writes.forEach((write, index) => {
      write.isInDoubt ||= wasSent;
      write.notBeforeMs = performance.now() + RETRY_MS;
      if (this.lastGroup > group) write.group = group + (2 * index < writes.length ? 1 : 2);
      write.settle(error);
    });
    // A write that fails alone is tried without its texts, and then not any more, if others pass.
    const isItsFault = wasSent && writes.length === 1 && !isOfDatabase(error);
    this.pending.putBack(writes.filter((write) => !isItsFault || this.keeps(write, error)));
    this.pending.boundInOutage();
  }

  /** Whether a write that failed alone is tried again. Without its texts it may be taken. */
  private keeps(write: PendingWrite, error: Error): boolean {
    if (write.failuresAlone++ === 0) write.failedAloneMs = performance.now();
    const doOthersPass = this.lastSuccessMs > write.failedAloneMs;
    if (write.failuresAlone < MAX_FAILURES_ALONE || !doOthersPass) return true;
    this.failed = undefined;
    const { id: executionId } = write;
    const reason = error.message;
    if (write.isBare) {
      this.logger.error({
        msg: 'An execution is dropped: it cannot be stored',
        reason,
        executionId,
      });
      return false;
    }
    this.logger.error({ msg: 'Texts are dropped: they cannot be stored', reason, executionId });
    write.dropTexts();
    write.failuresAlone = 0;
    return true;
  }

  private schedule(ms: number): void {
    const dueMs = performance.now() + ms;
    if (dueMs >= this.dueMs || this.isClosed) return;
    this.unschedule();
    this.dueMs = dueMs;
    this.timer = setTimeout(() => this.launch(), ms);
  }

  private unschedule(): void {
    clearTimeout(this.timer);
    this.dueMs = Infinity;
  }

  /** Logs once until the database is back, because each attempt fails the same way. */
  private logOnce(message: string): void {
    if (this.logged.has(message)) return;
    this.logged.add(message);
    this.logger.warn(message);
  }
}
