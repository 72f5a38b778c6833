import type { AuditBreak, AuditBreakKind } from './audit-break.js';
import { GENESIS, hashOfEntry, type AuditEntry } from '../audit-entry.js';
import type { SignedPoints } from './signed-points.js';

/** What is known of one chain after all its entries. */
export interface ChainReport {
  readonly chain: string;
  readonly entries: number;
  /** The numbers of the first and the last entry. Undefined where there is none. */
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  /** The last entry that is signed, and when that was. What follows it is linked only. */
  readonly signed?: { readonly seq: number; readonly time: string } | undefined;
  /** How often the clock of the server was set back. */
  readonly clockSetBack: number;
  /** The first entry whose clock was set back. */
  readonly clockSetBackAt?: number | undefined;
  /** The first break. Entries after it are only counted. */
  readonly break?: AuditBreak | undefined;
}

/** Checks the entries of one chain as they come, and keeps none of them. */
export class ChainCheck {
  private entries = 0;
  private first: number | undefined;
  private last: { seq: number; hash: string; time: string } | undefined;
  private clockSetBack = 0;
  private clockSetBackAt: number | undefined;
  private found: AuditBreak | undefined;
  /** The numbers of the entries that are missing, from and to. */
  private missing: readonly [number, number] | undefined;

  constructor(
    private readonly chain: string,
    private readonly signed: SignedPoints | undefined,
  ) {}

  add(entry: AuditEntry): void {
    this.entries++;
    this.first ??= entry.seq;
    if (this.found) return this.lookForMissing(entry);
    this.found = this.faultOf(entry);
    if (this.last && entry.time < this.last.time) {
      this.clockSetBack++;
      this.clockSetBackAt ??= entry.seq;
    }
    this.last = { seq: entry.seq, hash: entry.hash, time: entry.time };
  }

  report(): ChainReport {
    const { chain, entries, first, last, signed, clockSetBack, clockSetBackAt } = this;
    return {
      chain,
      entries,
      first,
      last: last?.seq,
      signed: signed && { seq: signed.last.seq, time: signed.last.time },
      clockSetBack,
      clockSetBackAt,
      break: this.found ?? this.faultOfEnd(),
    };
  }

  private faultOf(entry: AuditEntry): AuditBreak | undefined {
    const { seq, previous, hash } = entry;
    if (!isGenuine(entry)) {
      return this.fault('change', seq, `Entry ${seq} was changed: its hash is of something else.`);
    }
    return (
      (this.last ? this.faultOfLink(seq, previous) : this.faultOfFirst(seq, previous)) ??
      this.faultOfSigned(seq, hash)
    );
  }

  private faultOfFirst(seq: number, previous: string): AuditBreak | undefined {
    if (seq === 1) {
      if (previous === GENESIS) return undefined;
      return this.fault('link', seq, 'Entry 1 says that another one was before it.');
    }
    const head = this.signed?.heads.get(seq - 1);
    if (head === previous) return undefined;
    if (head !== undefined) {
      return this.fault('link', seq, `Entry ${seq} does not follow the signed head.`);
    }
    this.missing = [1, seq - 1];
    const says = `${entriesText(1, seq - 1)} missing: no signed head says that the chain begins with ${seq}.`;
    return this.fault('gap', 1, says);
  }

  private faultOfLink(seq: number, previous: string): AuditBreak | undefined {
    const { seq: lastSeq, hash } = this.last!;
    if (seq <= lastSeq) {
      return this.fault('order', seq, `Entry ${seq} stands after entry ${lastSeq}.`);
    }
    if (seq > lastSeq + 1) {
      this.missing = [lastSeq + 1, seq - 1];
      const says = `${entriesText(lastSeq + 1, seq - 1)} missing: ${seq} follows ${lastSeq}.`;
      return this.fault('gap', lastSeq + 1, says);
    }
    if (previous === hash) return undefined;
    const says = `Entry ${seq} does not belong after entry ${lastSeq}: one of them is not the original.`;
    return this.fault('link', seq, says);
  }

  private faultOfSigned(seq: number, hash: string): AuditBreak | undefined {
    if (!this.signed) {
      const says = `No valid checkpoint knows the chain of entry ${seq}.`;
      return this.fault('unsigned', seq, says);
    }
    const { hashes, end } = this.signed;
    if ((hashes.get(seq) ?? hash) !== hash) {
      return this.fault('checkpoint', seq, `Entry ${seq} is not the one that was signed.`);
    }
    if (end === undefined || seq <= end) return undefined;
    return this.fault('added', seq, `Entry ${seq} follows the signed end, which is entry ${end}.`);
  }

  private faultOfEnd(): AuditBreak | undefined {
    if (!this.signed) return undefined;
    const { last, heads } = this.signed;
    const there = this.last?.seq ?? Math.max(0, ...heads.keys());
    if (last.seq <= there) return undefined;
    const says = `${entriesText(there + 1, last.seq)} missing at the end: the checkpoint of ${last.time} has signed them.`;
    return this.fault('tail', there + 1, says);
  }

  /** What was taken for missing may only stand in another place. */
  private lookForMissing({ seq }: AuditEntry): void {
    if (!this.missing) return;
    const [from, to] = this.missing;
    if (seq < from || seq > to) return;
    this.missing = undefined;
    this.found = this.fault('order', seq, `Entry ${seq} stands after entry ${to + 1}.`);
  }

  private fault(kind: AuditBreakKind, seq: number, says: string): AuditBreak {
    return { kind, chain: this.chain, seq, says };
  }
}

function isGenuine(entry: AuditEntry): boolean {
  try {
    return hashOfEntry(entry) === entry.hash;
  } catch {
    // No hash can be taken of numbers that are too large, nor of what is nested without end.
    return false;
  }
}

function entriesText(from: number, to: number): string {
  return from === to ? `Entry ${from} is` : `Entries ${from} to ${to} are`;
}
