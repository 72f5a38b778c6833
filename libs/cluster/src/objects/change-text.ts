import { isRecord } from '#base';
import type { ToolCall } from '#tools';
import { groupVersionOf } from '../discovery/api-resource.js';
import { isDryRun } from '../fields/dry-run.field.js';
import type { KubernetesObject } from '../secrets/redact.js';
import { shareHunks, type ShownHunks } from './hunks.js';
import { noteChange } from './note-change.js';
import { changedLines } from './object-diff.js';
import type { Change } from './write.js';

/** What stands between the parts of an answer. */
const GAP = '\n\n';

/** The part of an answer that this text may fill: others add warnings, or how a rollout goes. */
const SHARE = 0.9;

/** Stands above what differs from the manifest, of an object that would be created. */
const ADDED = 'Added by the API server:';

/** One object of an answer, and what is shown of its change. */
export interface ShownChange {
  /** What its hunks stand under; "" for the only object of an answer. */
  name: string;
  change: Change;
  /** As `shownLines` gives them. */
  lines: readonly string[];
}

/**
 * What a write answers: what was done, then what has changed. A dry run says that it was one.
 * @param statusFields the fields of `status` that it wrote
 */
export function changeText(
  summary: string,
  change: Change,
  call: ToolCall,
  statusFields: readonly string[] = [],
): string {
  const lines = shownLines(change, isDryRun(call), statusFields);
  return changeAnswer(summary, { name: '', change, lines }, call);
}

/** As `changeText`, with the lines that `shownLines` has given. */
export function changeAnswer(summary: string, shown: ShownChange, call: ToolCall): string {
  const dryRun = isDryRun(call);
  if (!dryRun) noteChange(shown.change, shown.lines);
  const first = dryRun ? `${summary} (dry run: nothing was changed)` : summary;
  const { before, after } = shown.change;
  return withHunks(first, [shown], call, wayTo((after ?? before)!, dryRun));
}

/**
 * The lines of hunks that an answer shows of a change: what differs, and for an object that a dry
 * run would create, what the API server adds to the manifest. An object that is created or deleted
 * has none.
 * @param statusFields the fields of `status` that the write is about
 */
export function shownLines(
  { before, after, sent }: Change,
  dryRun: boolean,
  statusFields: readonly string[] = [],
): string[] {
  if (!after) return [];
  if (before) return changedLines(before, after, statusFields);
  return dryRun && sent ? changedLines(asSent(sent, after), after) : [];
}

/**
 * A text, followed by the hunks of some changes, as far as they fit into the answer of the call.
 * @param first says of each object what has happened to it
 * @param wayOn how to see what does not fit
 */
export function withHunks(
  first: string,
  shown: readonly ShownChange[],
  call: ToolCall,
  wayOn: string,
): string {
  const hunks = shown.map((one) => hunksOf(one, isDryRun(call)));
  const room = Math.floor(call.maxOutputChars * SHARE) - first.length;
  return [first, ...shareHunks(hunks, room, wayOn)].join(GAP);
}

function hunksOf(
  { name, change: { before, after }, lines }: ShownChange,
  dryRun: boolean,
): ShownHunks {
  const title = name && `${name}:`;
  if (before) return { title, lines, wayOn: wayTo(after ?? before, dryRun) };
  return { title: name ? `${name}. ${ADDED}` : ADDED, lines, wayOn: '' };
}

/** How to see the whole object. */
function wayTo(
  { apiVersion = '', kind = '', metadata }: KubernetesObject,
  dryRun: boolean,
): string {
  const { group } = groupVersionOf(apiVersion);
  const type = `${kind.toLowerCase()}${group && `.${group}`}`;
  const place = metadata?.namespace === undefined ? '' : `, namespace ${metadata.namespace}`;
  const when = dryRun ? ' as it is now' : '';
  return `k8s_get with resource_type ${type}, name ${metadata?.name}${place} and output yaml shows the object${when}.`;
}

/** A manifest as the API server takes it: in the namespace of the call, and without nulls. */
function asSent(sent: KubernetesObject, { metadata }: KubernetesObject): KubernetesObject {
  const { namespace } = metadata ?? {};
  const placed = { ...sent.metadata, ...(namespace !== undefined && { namespace }) };
  return withoutNulls({ ...sent, metadata: placed });
}

/** A field that is null is not set. */
function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)])) as T;
}
