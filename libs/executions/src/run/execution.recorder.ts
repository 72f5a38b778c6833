import { Injectable } from '@nestjs/common';
import { orAfter } from '#base';
import { ToolError, type PreparedCall } from '#tools';
import { troubleOf, within } from '#store';
import type { Outcome } from '../execution.js';
import { endOf, hashOf, rowOf } from '../store/execution-row.js';
import { ExecutionWriter } from '../store/execution.writer.js';
import { KeyClaims } from '../store/key-claims.js';
import { Replicas } from '../store/replicas.js';
import type { ExecutionRow } from '../store/schema.js';
import { StoredBytes } from '../store/stored-bytes.js';
import type { LiveExecution } from '../live-execution.js';

/**
 * Milliseconds after which a running read is stored, if its caller waits for it. For a shorter one,
 * only the end is stored.
 */
export const STORE_AFTER_MS = 250;
/**
 * Milliseconds that a call waits to be stored before it begins. The caller then has an answer
 * within 5 s.
 */
const STORE_LIMIT_MS = 4_500;
/** Milliseconds for which storing an end may delay those who wait for it. */
const STORE_END_MS = 2_000;

/** Records what this server runs. */
@Injectable()
export class ExecutionRecorder {
  constructor(
    private readonly writer: ExecutionWriter,
    private readonly claims: KeyClaims,
    private readonly bytes: StoredBytes,
    private readonly replicas: Replicas,
  ) {}

  /**
   * Stores an execution before it begins.
   * @param key the idempotency key of its caller
   * @returns the id of the one that has the key already
   * @throws ToolError `unavailable` when it cannot be stored, `conflict` for another call under the
   * same key
   */
  async begin(
    execution: LiveExecution,
    call: PreparedCall,
    key: string | undefined,
  ): Promise<{ id: string } | undefined> {
    const row = rowOf(execution, this.replicas.id);
    try {
      if (key === undefined) await this.insert(execution, row);
      else {
        const hash = hashOf(call);
        const named = { ...row, idempotency_key: key, request_hash: hash };
        const { id, requestHash } = await this.claim(execution, named);
        if (id !== row.id && requestHash === hash) return { id };
        if (id !== row.id) throw keyInUse(id);
      }
    } catch (cause) {
      throw cause instanceof ToolError ? cause : notStored(cause);
    }
    execution.isStored = true;
    return undefined;
  }

  /** Notes that a stored execution has got its place. */
  started({ id, startedAt, isStored }: LiveExecution): void {
    if (isStored) this.writer.update(id, { status: 'running', started_at: startedAt ?? null });
  }

  /** Stores the events of an execution, once it is stored itself. */
  events(execution: LiveExecution): void {
    if (execution.isStored && execution.waitingChars > 0) this.writer.storeEvents(execution);
  }

  /**
   * Stores the reads that have run for a while, with their events so far.
   * @param running in the order in which they came
   */
  storeSlow(running: Iterable<LiveExecution>): void {
    const { writer } = this;
    const now = performance.now();
    for (const execution of running) {
      if (now - execution.createdMs < STORE_AFTER_MS) return;
      if (execution.isStored || execution.isKept) continue;
      execution.isStored = true;
      writer.insert(rowOf(execution, this.replicas.id));
      this.events(execution);
    }
  }

  /** Stores an end. */
  async end(execution: LiveExecution, outcome: Outcome): Promise<void> {
    const { writer } = this;
    const end = endOf(execution, outcome);
    execution.keepOnce(end.output ?? '');
    if (execution.isStored) {
      writer.update(execution.id, end);
      // A caller that learns of the end may ask for it at once, also on another server.
      await orAfter(
        STORE_END_MS,
        writer.stored(execution.id).catch(() => {}),
      );
    } else {
      writer.insertEnded(rowOf(execution, this.replicas.id), end);
      if (execution.waitingChars > 0) writer.storeEvents(execution);
    }
  }

  /** As `ExecutionWriter.whenRoom`. */
  whenRoom({ id }: LiveExecution, act: () => void): void {
    this.writer.whenRoom(id, act);
  }

  private async insert(execution: LiveExecution, row: ExecutionRow): Promise<void> {
    const { writer } = this;
    writer.insert(row);
    try {
      await within(STORE_LIMIT_MS, writer.stored(row.id), 'Not stored');
    } catch (error) {
      writer.notBegun(row.id, this.notBegun(execution, error));
      throw error;
    }
  }

  /** @throws what the database says; the key is then free again as soon as that can be */
  private async claim(execution: LiveExecution, row: ExecutionRow) {
    const { writer, claims, bytes } = this;
    const claim = claims.claim(row, STORE_LIMIT_MS);
    try {
      const holder = await within(STORE_LIMIT_MS, claim, 'The key is not claimed');
      if (holder.id === row.id) bytes.begin(row);
      return holder;
    } catch (error) {
      // The database may have stored it nevertheless.
      const end = { ...this.notBegun(execution, error), idempotency_key: null, request_hash: null };
      const giveBack = () => writer.notBegun(row.id, end);
      claim.then(giveBack, giveBack);
      throw error;
    }
  }

  private notBegun(execution: LiveExecution, cause: unknown): Partial<ExecutionRow> {
    return endOf(execution, { error: notStored(cause) });
  }
}

function notStored(cause: unknown): ToolError {
  return new ToolError(
    'unavailable',
    `The database in which this server remembers its executions ${troubleOf(cause)}, so nothing was begun.`,
    { cause },
  );
}

function keyInUse(id: string): ToolError {
  return new ToolError(
    'conflict',
    `The idempotency key was used for another call (execution ${id}). Use a new key for a new call.`,
  );
}
