import { Logger } from '@nestjs/common';
import { ToolError } from '#tools';
import {
  GENESIS,
  hashOfEntry,
  type AuditDraft,
  type AuditEntry,
  type ChainPoint,
} from './audit-entry.js';
import { boundedDraft } from './bounded-draft.js';
import { inKeyOrder } from './canonical-json.js';

/** Most entries that wait to be stored, and most characters of diffs in them. */
const MAX_WAITING = 10_000;
const MAX_WAITING_CHARS = 32_000_000;

/**
 * Stores an entry. The promise resolves once it is stored, and rejects once it never will be. Until
 * then the entry is tried again: the next ones are linked to it.
 */
export type AuditSink = (entry: AuditEntry) => Promise<void>;

/** An entry that has its place in the chain. */
export interface Appended {
  readonly entry: AuditEntry;
  /** Settles as the promise of the sink does. Wait for it before the write of an intent is sent. */
  readonly stored: Promise<void>;
}

/** An entry that is with the sink. */
interface Waiting {
  readonly hash: string;
  readonly chars: number;
  isSettled: boolean;
}

/**
 * The record of one server, from its start to its end. Each entry carries the hash of the one
 * before, so none can be changed, removed or put in without a break.
 */
export class AuditChain {
  private readonly logger = new Logger(AuditChain.name);
  private readonly waiting = new Map<number, Waiting>();
  private waitingChars = 0;
  private last: ChainPoint;
  private settled: ChainPoint;
  private lost = 0;
  private isClosed = false;

  /** @param id unique among all servers and all their starts, such as the id of the replica */
  constructor(
    readonly id: string,
    private readonly sink: AuditSink,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.last = { chain: id, seq: 0, hash: GENESIS };
    this.settled = this.last;
  }

  /** The last entry before which none waits to be stored. */
  get storedTo(): ChainPoint {
    return this.settled;
  }

  /** Whether no entry waits to be stored. */
  get isStored(): boolean {
    return this.waiting.size === 0;
  }

  /**
   * Makes the next entry and hands it to the sink, at once. While too many wait to be stored, calls
   * are only counted, and the next entry says how many. An outcome is kept until the chain is
   * closed.
   * @returns undefined for a call that was only counted
   * @throws ToolError `unavailable` for an intent while too many entries wait, or once it is closed
   */
  append(draft: AuditDraft): Appended | undefined {
    if (this.isClosed || (this.isFull() && draft.kind !== 'outcome')) {
      if (draft.kind === 'intent') throw notKept();
      this.skip();
      return undefined;
    }
    const fields: Omit<AuditEntry, 'hash'> = inKeyOrder({
      ...boundedDraft(draft),
      chain: this.id,
      seq: this.last.seq + 1,
      time: this.now().toISOString(),
      lost: this.lost > 0 ? this.lost : undefined,
      previous: this.last.hash,
    });
    const entry: AuditEntry = inKeyOrder({ ...fields, hash: hashOfEntry(fields) });
    this.last = { chain: this.id, seq: entry.seq, hash: entry.hash };
    this.lost = 0;
    return { entry, stored: this.store(entry) };
  }

  /** Counts a call that is not kept. The next entry says how many. */
  skip(): void {
    this.lost++;
  }

  /** Takes no further entries. */
  close(): void {
    this.isClosed = true;
  }

  private isFull(): boolean {
    return this.waiting.size >= MAX_WAITING || this.waitingChars >= MAX_WAITING_CHARS;
  }

  private store(entry: AuditEntry): Promise<void> {
    const { seq, hash, objects = [] } = entry;
    const chars = objects.reduce((sum, { diff = '' }) => sum + diff.length, 0);
    this.waiting.set(seq, { hash, chars, isSettled: false });
    this.waitingChars += chars;
    const stored = this.sink(entry);
    stored.then(
      () => this.settle(seq),
      (error: unknown) => {
        this.logger.error({
          msg: 'An entry of the audit is lost.',
          chain: this.id,
          seq,
          err: error,
        });
        this.settle(seq);
      },
    );
    return stored;
  }

  /** Entries may be stored in any order. The signed point goes on only where none is missing. */
  private settle(seq: number): void {
    const settled = this.waiting.get(seq);
    if (settled) settled.isSettled = true;
    for (const [next, { hash, chars, isSettled }] of this.waiting) {
      if (!isSettled) return;
      this.waiting.delete(next);
      this.waitingChars -= chars;
      this.settled = { chain: this.id, seq: next, hash };
    }
  }
}

function notKept(): ToolError {
  return new ToolError(
    'unavailable',
    'The audit cannot be stored at the moment, so nothing was changed. Try again later.',
  );
}
