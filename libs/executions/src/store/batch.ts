import type { EventRow, ExecutionRow } from './schema.js';

/** What changes in the row of an execution. What is left out or undefined stays. */
export interface ExecutionUpdate {
  id: string;
  values: Partial<ExecutionRow>;
}

/** What is written in one transaction. An execution has at most one update in it. */
export interface Batch {
  inserts: ExecutionRow[];
  updates: ExecutionUpdate[];
  events: EventRow[];
}

/** An execution that holds an idempotency key. */
export interface KeyHolder {
  id: string;
  requestHash: string | null;
}

/**
 * The writes to the store, each of them one round trip to the database and one transaction. Doing
 * one again changes nothing: a connection may break after the database has written.
 */
export interface StoreWrites {
  /**
   * Writes all of a batch, or nothing. An execution that has ended stays as it is; that of an
   * `interrupted` one the end is noted as `ExecutionError.late`.
   */
  write(batch: Batch): Promise<void>;
  /**
   * Stores executions under their idempotency keys, each unless its caller has another one under
   * the same key.
   * @returns who holds the key now, in the order of the rows; undefined where that is not known
   */
  claim(rows: readonly ExecutionRow[]): Promise<(KeyHolder | undefined)[]>;
  /** Forgets executions with their events. */
  forget(ids: readonly string[]): Promise<void>;
  /** Asks the server that runs an execution to cancel it. @returns whether it was not finished */
  requestCancel(id: string): Promise<boolean>;
  /**
   * Forgets a server. What it had not finished becomes `interrupted`.
   * @param at when, ISO 8601 in UTC
   * @param errors JSON of the `ExecutionError` that says why, and of that for one that was settled
   */
  removeReplica(id: string, at: string, errors: InterruptErrors): Promise<void>;
}

/** JSON of what an interrupted execution ends with. */
export interface InterruptErrors {
  error: string;
  /** For one that had made all its changes (`Progress.settled`). */
  errorOfSettled: string;
}

/**
 * PostgreSQL's channels on which replicas tell each other of executions that changed, and of those
 * that somebody wants cancelled.
 */
export const CHANNELS = { changes: 'skyflo_changes', cancels: 'skyflo_cancels' } as const;

/**
 * The condition of the event that tells that all changes are made. In a text within the JSON the
 * quotes would be escaped.
 */
export const IS_SETTLED = `type = 'progress' and data like '%"settled":true%'`;

/** The executions that a batch changes, without those that are new. */
export function changedIn({ updates, events }: Batch): string[] {
  return [
    ...new Set([...updates.map(({ id }) => id), ...events.map((event) => event.execution_id)]),
  ];
}

/** All executions of a batch. */
export function executionsIn(batch: Batch): string[] {
  return [...new Set([...batch.inserts.map(({ id }) => id), ...changedIn(batch)])];
}

/** A batch in two, in its order; undefined where it is one row. */
export function halvesOf({ inserts, updates, events }: Batch): [Batch, Batch] | undefined {
  const count = inserts.length + updates.length + events.length;
  if (count < 2) return undefined;
  const half = Math.ceil(count / 2);
  const cut = (from: number, to: number): Batch => {
    const slice = <T>(rows: T[], before: number) =>
      rows.slice(Math.max(0, from - before), Math.max(0, to - before));
    return {
      inserts: slice(inserts, 0),
      updates: slice(updates, inserts.length),
      events: slice(events, inserts.length + updates.length),
    };
  };
  return [cut(0, half), cut(half, count)];
}

/** A batch of one row without what that has put out; nothing where it has nothing. */
export function withoutTexts({ inserts, updates }: Batch): Batch[] {
  const rows = [...inserts, ...updates.map(({ values }) => values)];
  if (!rows.some(({ output, data }) => output != null || data != null)) return [];
  const nothing = { output: null, data: null };
  return [
    {
      inserts: inserts.map((row) => ({ ...row, ...nothing })),
      updates: updates.map(({ id, values }) => ({ id, values: { ...values, ...nothing } })),
      events: [],
    },
  ];
}
