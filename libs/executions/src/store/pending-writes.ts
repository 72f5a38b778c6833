import type { Batch } from './batch.js';
import { ROW_BYTES } from './execution-row.js';
import type { EventRow, ExecutionRow } from './schema.js';

/** Characters, about, of one batch: it is made in one go, and copied to a thread or a socket. */
const CHARS_AT_ONCE = 1_000_000;
/** Characters, about, of a row beside its texts. */
const ROW_CHARS = 500;
/** Executions, and characters of them, that wait at most while the database is away. */
const MOST_WAITING = 20_000;
const MOST_WAITING_CHARS = 50_000_000;
const BOUND_EVERY_MS = 500;

/** An execution whose events are taken at the moment in which they are written. */
export interface EventSource {
  readonly id: string;
  /** Its end, which says its whole size, is about to be written. */
  readonly isEnding: boolean;
  /** Bytes, about, of its events so far. */
  readonly eventBytes: number;
  /** Gives the events that the store does not have yet. */
  takeEvents(): EventRow[];
}

/** What is to be stored of one execution. */
export class PendingWrite {
  insert: ExecutionRow | undefined;
  /** Whether the insert was sent before, so that the row may be there. */
  isInDoubt = false;
  update: Partial<ExecutionRow> = {};
  events: EventRow[] = [];
  source: EventSource | undefined;
  /** Whether it may be dropped first when too much waits. */
  isLosable = false;
  /** Not tried before this time, by `performance.now()`. */
  notBeforeMs = 0;
  /** It is tried with those of its group only: one of them may be what the database refuses. */
  group: number | undefined;
  /** How often it failed alone, and when it first did. */
  failuresAlone = 0;
  failedAloneMs = 0;
  /** Whether its texts were dropped. */
  isBare = false;
  private waiter: PromiseWithResolvers<void> | undefined;

  constructor(readonly id: string) {}

  /** Resolves once it is stored; rejects when that has failed, though it may be tried again. */
  get settled(): Promise<void> {
    this.waiter ??= Promise.withResolvers();
    return this.waiter.promise;
  }

  /** Characters, about. */
  get chars(): number {
    return ROW_CHARS + charsOf(this.insert) + charsOf(this.update) + this.eventChars;
  }

  settle(error?: Error): void {
    const { waiter } = this;
    this.waiter = undefined;
    if (!error) return waiter?.resolve();
    // Whoever waited may have gone.
    waiter?.promise.catch(() => {});
    waiter?.reject(error);
  }

  takeEvents(): void {
    const { source } = this;
    if (!source) return;
    this.source = undefined;
    this.events.push(...source.takeEvents());
    if (!source.isEnding) this.update.size = ROW_BYTES + source.eventBytes;
  }

  /** What of it is written first where its events are too many for one batch. */
  firstPart(): PendingWrite | undefined {
    if (this.eventChars <= CHARS_AT_ONCE) return undefined;
    const part = new PendingWrite(this.id);
    part.insert = this.insert;
    part.isInDoubt = this.isInDoubt;
    this.insert = undefined;
    let chars = 0;
    const end = this.events.findIndex((event) => (chars += event.data.length) > CHARS_AT_ONCE);
    part.events = this.events.splice(0, Math.max(1, end));
    return part;
  }

  /** Adds what has come since it was taken. */
  addNewer({ update, events, source, isLosable, waiter }: PendingWrite): void {
    this.update = { ...this.update, ...update };
    this.events.push(...events);
    this.source = source ?? this.source;
    this.isLosable ||= isLosable;
    this.waiter = waiter;
  }

  /** Leaves only how the execution stands. */
  dropTexts(): void {
    const nothing = { output: null, data: null };
    if (this.insert) this.insert = { ...this.insert, ...nothing };
    this.update = { ...this.update, ...nothing };
    this.events = [];
    this.isBare = true;
  }

  private get eventChars(): number {
    return this.events.reduce((sum, { data }) => sum + data.length + ROW_CHARS, 0);
  }
}

/** What waits to be stored: one write for each execution, in the order in which they came. */
export class PendingWrites {
  private readonly writes = new Map<string, PendingWrite>();
  private boundedMs = -Infinity;

  /** @param tellLost is told how many executions are not stored, or not with their texts */
  constructor(private readonly tellLost: (message: string) => void) {}

  get size(): number {
    return this.writes.size;
  }

  get(id: string): PendingWrite | undefined {
    return this.writes.get(id);
  }

  /** The write of an execution, to be added to. */
  of(id: string): PendingWrite {
    let write = this.writes.get(id);
    if (!write) {
      write = new PendingWrite(id);
      this.writes.set(id, write);
      if (this.writes.size > MOST_WAITING) this.loseOne();
    }
    return write;
  }

  delete(id: string): void {
    this.writes.delete(id);
  }

  /** Lets all be tried at once that wait for a later time, but for what may fail by itself. */
  hurry(): void {
    for (const write of this.writes.values()) {
      if (write.failuresAlone === 0) write.notBeforeMs = 0;
    }
  }

  /**
   * Takes as many as go into one batch.
   * @param isFlying tells of which executions a write is under way, for which the next one waits
   */
  take(isFlying: (id: string) => boolean, nowMs: number): PendingWrite[] {
    const taken: PendingWrite[] = [];
    let group: number | undefined;
    let room = CHARS_AT_ONCE;
    for (const write of this.writes.values()) {
      if (isFlying(write.id) || write.notBeforeMs > nowMs) continue;
      if (taken.length === 0) group = write.group;
      else if (write.group !== group) continue;
      write.takeEvents();
      room -= write.chars;
      if (room < 0 && taken.length > 0) break;
      const part = write.firstPart();
      if (!part) this.writes.delete(write.id);
      taken.push(part ?? write);
    }
    return taken;
  }

  /** Takes back what could not be written, behind everything else. */
  putBack(writes: readonly PendingWrite[]): void {
    for (const write of writes) {
      const newer = this.writes.get(write.id);
      if (newer) write.addNewer(newer);
      this.writes.delete(write.id);
      this.writes.set(write.id, write);
    }
    this.bound();
  }

  /** Runs only now and then, because in an outage every attempt comes back here. */
  private bound(): void {
    if (performance.now() < this.boundedMs + BOUND_EVERY_MS) return;
    this.boundedMs = performance.now();
    let chars = 0;
    for (const write of this.writes.values()) chars += write.chars;
    if (chars <= MOST_WAITING_CHARS) return;
    for (const write of this.writes.values()) write.dropTexts();
    this.tellLost('Events and outputs of executions are lost: the database is away.');
  }

  private loseOne(): void {
    for (const write of this.writes.values()) {
      if (!write.isLosable) continue;
      this.writes.delete(write.id);
      write.settle(new Error('Too much waits for the database.'));
      this.tellLost('Executions are lost: the database is away.');
      return;
    }
  }
}

/** What is written of them. */
export function batchOf(writes: readonly PendingWrite[]): Batch {
  const batch: Batch = { inserts: [], updates: [], events: [] };
  for (const { id, insert, isInDoubt, update, events } of writes) {
    if (insert) batch.inserts.push({ ...insert, ...update });
    const isChanged = Object.keys(update).length > 0;
    if (isChanged && (!insert || isInDoubt)) batch.updates.push({ id, values: update });
    batch.events.push(...events);
  }
  return batch;
}

function charsOf(row: Partial<ExecutionRow> = {}): number {
  const { output, data, error } = row;
  return [output, data, error].reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
