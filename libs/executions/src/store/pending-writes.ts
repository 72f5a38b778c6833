import type { Batch } from './batch.js';
import { PendingWrite } from './pending-write.js';

/** Characters, about, of one batch: it is made in one go, and copied to a thread or a socket. */
const MAX_CHARS_PER_BATCH = 1_000_000;
/** Characters, about, of what waits while more may be run: it takes a second or two to store. */
const MAX_WAITING_CHARS = 20_000_000;
/** Characters from which on a write is long: thousands of shorter ones may wait. */
const LONG_CHARS = 10_000;
/** Executions, and characters of them, that wait at most while the database is away. */
const MAX_WAITING_IN_OUTAGE = 20_000;
const MAX_CHARS_IN_OUTAGE = 50_000_000;

/** What waits to be stored: one write for each execution, in the order in which they came. */
export class PendingWrites {
  private readonly writes = new Map<string, PendingWrite>();
  /** How many characters of each are part of the sum. */
  private readonly counted = new Map<string, number>();
  private chars = 0;

  /** @param tellLost is told how many executions are not stored, or not with their texts */
  constructor(private readonly tellLost: (message: string) => void) {}

  get size(): number {
    return this.writes.size;
  }

  /** Whether what waits of an execution takes up so much that it matters. */
  isLong(id: string): boolean {
    return (this.counted.get(id) ?? 0) > LONG_CHARS;
  }

  /** Whether so little waits that more may be run. */
  get hasRoom(): boolean {
    return this.chars <= MAX_WAITING_CHARS;
  }

  get(id: string): PendingWrite | undefined {
    return this.writes.get(id);
  }

  /** Adds to the write of an execution. */
  add(id: string, change: (write: PendingWrite) => void): void {
    let write = this.writes.get(id);
    if (!write) {
      write = new PendingWrite(id);
      this.writes.set(id, write);
      if (this.writes.size > MAX_WAITING_IN_OUTAGE) this.loseOne();
    }
    change(write);
    this.count(id);
  }

  delete(id: string): void {
    this.writes.delete(id);
    this.count(id);
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
    let room = MAX_CHARS_PER_BATCH;
    for (const write of this.writes.values()) {
      if (isFlying(write.id) || write.notBeforeMs > nowMs) continue;
      if (taken.length === 0) group = write.group;
      else if (write.group !== group) continue;
      room -= write.chars;
      if (room < 0 && taken.length > 0) break;
      const part = write.takePart(MAX_CHARS_PER_BATCH);
      if (part === write) this.writes.delete(write.id);
      this.count(write.id);
      taken.push(part);
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
      this.count(write.id);
    }
  }

  /** Drops the texts of all if they are too many to be kept while the database is away. */
  boundInOutage(): void {
    if (this.chars <= MAX_CHARS_IN_OUTAGE) return;
    for (const write of this.writes.values()) {
      write.dropTexts();
      this.count(write.id);
    }
    this.tellLost('Events and outputs of executions are lost: the database is away.');
  }

  private count(id: string): void {
    const chars = this.writes.get(id)?.chars ?? 0;
    this.chars += chars - (this.counted.get(id) ?? 0);
    if (chars > 0) this.counted.set(id, chars);
    else this.counted.delete(id);
  }

  private loseOne(): void {
    for (const write of this.writes.values()) {
      if (!write.isLosable) continue;
      this.delete(write.id);
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
