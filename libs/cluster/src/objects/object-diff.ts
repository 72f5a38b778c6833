import { structuredPatch, type StructuredPatchHunk } from 'diff';
import type { KubernetesObject } from '../secrets/redact.js';
import { comparableText } from './object-text.js';

/** Lines of a diff for a record; the rest of a longer one is only counted. */
const MAX_LINES = 400;

/** Characters of an object that is new or gone, for a record. */
const MAX_WHOLE = 30_000;

/** Characters of a line that are shown. */
const MAX_LINE_LENGTH = 1_000;

/** The most changed lines for which a diff is computed. The time grows with their square. */
const MAX_CHANGES = 500;

/** Lines between the first and the last change up to which they are compared. */
const MAX_COMPARED = 50_000;

/** Lines that are shown around a change. */
const CONTEXT = 2;

/**
 * What differs between two versions of an object: the lines of the hunks of a unified diff of their
 * YAML; none if nothing does. `status` and what the API server and kubectl keep for themselves are
 * left out, values of Secrets are shown as their size, a changed value as changed.
 * @param statusFields those fields of `status` that count, for what is asked of a controller there
 */
export function changedLines(
  before: KubernetesObject,
  after: KubernetesObject,
  statusFields: readonly string[] = [],
): string[] {
  if (before === after) return [];
  const from = comparableText(before, { statusFields });
  const to = comparableText(after, { statusFields, before });
  return from === to ? [] : hunksOf(linesOf(from), linesOf(to)).map(shorten);
}

/**
 * A change of an object for a record, as a unified diff; "" if nothing changes. An object that is
 * new or gone is in it as a whole, up to a limit.
 * @param before undefined for an object that is created
 * @param after undefined for one that is deleted
 * @param statusFields as in `changedLines`
 */
export function diffObjects(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
  statusFields: readonly string[] = [],
): string {
  if (before && after) return recordText(changedLines(before, after, statusFields));
  const object = before ?? after;
  return object ? recordText(wholeLines(object, before ? '-' : '+', statusFields)) : '';
}

/** The lines of hunks as the unified diff of a record; "" if there are none. */
export function recordText(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const left = lines.length - MAX_LINES;
  const rest = left > 0 ? [`[${left} more lines]`] : [];
  return ['--- live', '+++ result', ...lines.slice(0, MAX_LINES), ...rest].join('\n');
}

/** The hunk of an object that is new or gone. */
function wholeLines(
  object: KubernetesObject,
  sign: '+' | '-',
  statusFields: readonly string[],
): string[] {
  const text = comparableText(object, { statusFields, maxChars: MAX_WHOLE });
  const lines = linesOf(text).map((line) => shorten(`${sign}${line}`));
  const range = `1,${lines.length}`;
  const head = sign === '+' ? `@@ -0,0 +${range} @@` : `@@ -${range} +0,0 @@`;
  if (text.length <= MAX_WHOLE) return [head, ...lines];
  // How many lines the rest has is not known.
  return [head, ...lines.slice(0, MAX_LINES - 2), '[The rest is left out.]'];
}

function hunksOf(before: readonly string[], after: readonly string[]): string[] {
  const { start, end } = sharedEnds(before, after);
  // The common beginning and end are skipped, except for the context of a change.
  const first = Math.max(0, start - CONTEXT);
  const cut = (lines: readonly string[]) =>
    lines.slice(first, lines.length - Math.max(0, end - CONTEXT));
  const [was, is] = [cut(before), cut(after)];
  // Undefined if it gives up.
  const patch =
    Math.max(was.length, is.length) > MAX_COMPARED
      ? undefined
      : structuredPatch('', '', asText(was), asText(is), undefined, undefined, {
          context: CONTEXT,
          maxEditLength: MAX_CHANGES,
        });
  if (patch) return patch.hunks.flatMap((hunk) => hunkLines(hunk, first));
  return [
    `[Too much changed to be compared line by line: ${before.length} lines before, ${after.length} after; the first change is in line ${start + 1}.]`,
  ];
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** @param above lines that were left out before it */
function hunkLines(hunk: StructuredPatchHunk, above: number): string[] {
  const { oldStart, oldLines, newStart, newLines } = hunk;
  const from = `${oldStart + above},${oldLines}`;
  const to = `${newStart + above},${newLines}`;
  return [`@@ -${from} +${to} @@`, ...hunk.lines];
}

/** How many lines two texts begin with and end with alike. */
function sharedEnds(a: readonly string[], b: readonly string[]): { start: number; end: number } {
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) start++;
  let end = 0;
  while (end < least - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return { start, end };
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split('\n');
}

function shorten(line: string): string {
  const left = line.length - MAX_LINE_LENGTH;
  return left > 0 ? `${line.slice(0, MAX_LINE_LENGTH)}[${left} more characters]` : line;
}
