import { ROW_BYTES } from './execution-row.js';
import type { EventRow, ExecutionRow } from './schema.js';

/** Characters, about, of a row beside its texts. */
const ROW_CHARS = 500;

/** An execution whose events are taken at the moment in which they are written. */
export interface EventSource {
  readonly id: string;
  /** Its end, which says its whole size, is about to be written. */
  readonly isEnding: boolean;
  /** Bytes, about, of its events so far. */
  readonly eventBytes: number;
  /** Characters, about, of the events that the store does not have yet. */
  readonly waitingChars: number;
  /** Gives the first of them, up to so many characters, but at least one. */
  takeEvents(maxChars: number): EventRow[];
  /** Forgets them. */
  dropEvents(): void;
}

/** What is to be stored of one execution. */
export class PendingWrite {
  insert: ExecutionRow | undefined;
  /** Whether the insert was sent before, so that the row may be there. */
  isInDoubt = false;
  update: Partial<ExecutionRow> = {};
  /** Events that were taken from the source before. */
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
    const taken = this.events.reduce((sum, event) => sum + charsOfEvent(event), 0);
    const ofRow = ROW_CHARS + charsOf(this.insert) + charsOf(this.update);
    return ofRow + taken + (this.source?.waitingChars ?? 0);
  }

  settle(error?: Error): void {
    const { waiter } = this;
    this.waiter = undefined;
    if (!error) return waiter?.resolve();
    // Whoever waited may have gone.
    waiter?.promise.catch(() => {});
    waiter?.reject(error);
  }

  /**
   * Takes what is written first, up to so many characters, but at least one row. The update comes
   * last, because it may say that the execution has ended.
   * @returns itself if that is all of it
   */
  takePart(maxChars: number): PendingWrite {
    const events = this.takeEvents(maxChars);
    const chars = events.reduce((sum, event) => sum + charsOfEvent(event), charsOf(this.update));
    const isAll = this.events.length === 0 && this.source === undefined;
    if (isAll && (events.length === 0 || chars <= maxChars)) {
      this.events = events;
      return this;
    }
    const part = new PendingWrite(this.id);
    part.insert = this.insert;
    part.isInDoubt = this.isInDoubt;
    part.events = events;
    this.insert = undefined;
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
    this.source?.dropEvents();
    this.isBare = true;
  }

  /** Rows are made of the events of the source only here, when they are about to be written. */
  private takeEvents(maxChars: number): EventRow[] {
    let left = maxChars;
    const end = this.events.findIndex((event) => (left -= charsOfEvent(event)) < 0);
    if (end >= 0) return this.events.splice(0, Math.max(1, end));
    const events = this.events;
    this.events = [];
    const { source } = this;
    if (!source) return events;
    if (source.waitingChars > 0 && (events.length === 0 || left > 0)) {
      events.push(...source.takeEvents(left));
    }
    if (!source.isEnding) this.update.size = ROW_BYTES + source.eventBytes;
    if (source.waitingChars === 0) this.source = undefined;
    return events;
  }
}

function charsOfEvent({ data }: EventRow): number {
  return ROW_CHARS + data.length;
}

function charsOf(row: Partial<ExecutionRow> = {}): number {
  const { output, data, error } = row;
  return [output, data, error].reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
