import { Injectable } from '@nestjs/common';
import { isFinished, type ExecutionStatus } from '../execution.js';
import { ROW_BYTES } from './execution-row.js';
import type { Batch } from './batch.js';
import type { ExecutionRow } from './schema.js';

/** What an execution takes up, and of whose share. */
interface Kept {
  caller: string;
  size: number;
}

/**
 * How many bytes of the store each caller takes up, as far as this server knows: others that share
 * it are heard of from time to time.
 */
@Injectable()
export class StoredBytes {
  private byCaller = new Map<string, number>();
  private sum = 0;
  private expected = 0;
  /** Executions of this server that may still grow. */
  private readonly growing = new Map<string, Kept>();

  /** Bytes of all callers, with those that are about to arrive. */
  get total(): number {
    return this.sum + this.expected;
  }

  /** Takes over what the store says. */
  reset(byCaller: Map<string, number>): void {
    this.byCaller = byCaller;
    this.sum = sumOf(byCaller);
  }

  /** Counts what a batch adds until it has arrived, or failed. @returns says so */
  expect(batch: Batch): () => void {
    const bytes = sumOf(this.growthOf(batch));
    this.expected += bytes;
    return () => {
      this.expected -= bytes;
    };
  }

  /** Notes an execution that was stored by itself, before its first batch. */
  begin({ id, caller, size }: ExecutionRow): void {
    this.growing.set(id, { caller, size });
    this.add(caller, size);
  }

  /** How many bytes a batch adds, by caller. */
  growthOf({ inserts, updates }: Batch): Map<string, number> {
    const growth = new Map<string, number>();
    const now = new Map<string, Kept>();
    const change = (id: string, caller: string, size: number) => {
      const before = now.get(id)?.size ?? this.growing.get(id)?.size ?? 0;
      now.set(id, { caller, size });
      growth.set(caller, (growth.get(caller) ?? 0) + size - before);
    };
    for (const { id, caller, size } of inserts) change(id, caller, size);
    for (const { id, values } of updates) {
      const caller = now.get(id)?.caller ?? this.growing.get(id)?.caller;
      if (caller !== undefined && values.size !== undefined) change(id, caller, values.size);
    }
    return growth;
  }

  /** The executions of a caller that a batch changes. */
  idsOf(caller: string, { inserts, updates }: Batch): Set<string> {
    const own = inserts.filter((row) => row.caller === caller).map(({ id }) => id);
    const grown = updates.filter(({ id }) => this.growing.get(id)?.caller === caller);
    return new Set([...own, ...grown.map(({ id }) => id)]);
  }

  /** Notes that a batch is stored. */
  written(batch: Batch): void {
    for (const [caller, bytes] of this.growthOf(batch)) this.add(caller, bytes);
    for (const { id, caller, size, status } of batch.inserts)
      this.keep(id, { caller, size }, status);
    for (const { id, values } of batch.updates) {
      const kept = this.growing.get(id);
      if (kept) this.keep(id, { ...kept, size: values.size ?? kept.size }, values.status);
    }
  }

  /** Notes that executions are forgotten. */
  forgotten(rows: readonly Kept[]): void {
    for (const { caller, size } of rows) this.add(caller, -size);
  }

  /** The callers, whoever takes up most first, with what is to come counted. */
  largestFirst(growth: ReadonlyMap<string, number>): string[] {
    const callers = new Set([...this.byCaller.keys(), ...growth.keys()]);
    const bytesOf = (caller: string) =>
      (this.byCaller.get(caller) ?? 0) + (growth.get(caller) ?? 0);
    return [...callers].sort((a, b) => bytesOf(b) - bytesOf(a));
  }

  private keep(id: string, kept: Kept, status: string | undefined): void {
    const hasEnded = status !== undefined && isFinished({ status: status as ExecutionStatus });
    if (hasEnded) this.growing.delete(id);
    else this.growing.set(id, kept);
  }

  private add(caller: string, bytes: number): void {
    const before = this.byCaller.get(caller) ?? 0;
    const now = Math.max(0, before + bytes);
    this.sum += now - before;
    if (now > 0) this.byCaller.set(caller, now);
    else this.byCaller.delete(caller);
  }
}

function sumOf(bytes: ReadonlyMap<string, number>): number {
  return [...bytes.values()].reduce((sum, some) => sum + some, 0);
}

/** Says in place of an output why it is not there. */
const TOO_MUCH =
  '[The output was not kept: the store of executions has no room for it (EXECUTIONS_MAX_MB).]';

/**
 * A batch that adds fewer bytes: some of its executions are stored without their texts, the first
 * ones first.
 * @param bytes to be saved
 * @param ids of the executions that may lose their texts
 */
export function shortened(batch: Batch, bytes: number, ids: ReadonlySet<string>): Batch {
  let left = bytes;
  const dropped = new Set<string>();
  const shorten = <T extends Partial<ExecutionRow>>(id: string, values: T): T => {
    const { size = 0, output } = values;
    if (left <= 0 || size <= ROW_BYTES || !ids.has(id)) return values;
    left -= size - ROW_BYTES;
    dropped.add(id);
    return { ...values, ...(output && { output: TOO_MUCH }), data: null, size: ROW_BYTES };
  };
  return {
    inserts: batch.inserts.map((row) => shorten(row.id, row)),
    updates: batch.updates.map(({ id, values }) => ({ id, values: shorten(id, values) })),
    events: batch.events.filter((event) => !dropped.has(event.execution_id)),
  };
}
