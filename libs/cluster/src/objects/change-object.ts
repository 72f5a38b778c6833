import type { ToolCall } from '#tools';
import type { Cluster } from '../cluster.js';
import { isDryRun } from '../fields/dry-run.field.js';
import type { KubernetesObject } from '../secrets/redact.js';
import { changeAnswer, shownLines } from './change-text.js';
import type { ObjectRef } from './object-ref.js';
import { readObject, type WriteOptions } from './write.js';

/** A change to make to one object. */
export interface DecidedChange {
  /** Sends it. Returns the object as it then is or, for a dry run, would be. */
  write: (options: WriteOptions) => Promise<KubernetesObject>;
  /**
   * What was done, such as `deployment.apps/web restarted`.
   * @param after what `write` returned
   */
  summary: (after: KubernetesObject) => string | Promise<string>;
  /** The answer if the write changed nothing; left out: the summary. */
  unchanged?: string;
  /** The fields of `status` that it writes; the diff shows no others. */
  statusFields?: readonly string[];
}

/** Reads an object before it is changed. */
type ReadBefore<T> = (cluster: Cluster, ref: ObjectRef, signal: AbortSignal) => Promise<T>;

/**
 * Reads an object, decides on its change, writes it, and says what has changed. A dry run does the
 * same but stores nothing.
 * @param decide returns the change, or why there is nothing to change
 * @param read reads the object if `readObject` is not the way to read it
 * @returns the summary and the hunks of the change
 * @throws ToolError as `read`, `decide` and `write`
 */
export async function changeObject<T extends KubernetesObject | undefined = KubernetesObject>(
  cluster: Cluster,
  ref: ObjectRef,
  call: ToolCall,
  decide: (before: T) => DecidedChange | string | Promise<DecidedChange | string>,
  read: ReadBefore<T> = readObject as ReadBefore<T>,
): Promise<string> {
  const { signal } = call;
  const dryRun = isDryRun(call);
  const before = await read(cluster, ref, signal);
  const decided = await decide(before);
  if (typeof decided === 'string') return decided;
  const { write, summary, unchanged, statusFields } = decided;
  const after = await write({ dryRun, signal });
  const change = { before, after };
  const lines = shownLines(change, dryRun, statusFields);
  if (unchanged !== undefined && before && lines.length === 0) return unchanged;
  return changeAnswer(await summary(after), { name: '', change, lines }, call);
}
