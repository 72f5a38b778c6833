import { structuredPatch, type StructuredPatchHunk } from 'diff';
import { LAST_APPLIED, redactSecrets, type KubernetesObject } from '../secrets/redact.js';
import { toYaml } from '../text/yaml.js';

/** Fields that the API server fills in. They are not part of a change. */
const SERVER_FIELDS = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'uid',
];

/** Lines of a diff that are shown; the rest of a longer one is only counted. */
const MAX_LINES = 400;

/** Characters of a line that are shown. */
const MAX_LINE_LENGTH = 1_000;

/** The most changed lines for which a diff is computed. The time grows with their square. */
const MAX_CHANGES = 500;

/** Lines between the first and the last change up to which they are compared. */
const MAX_COMPARED = 50_000;

/** Lines that are shown around a change. */
const CONTEXT = 3;

/**
 * What changes between two versions of an object, as a unified diff of their YAML; "" if nothing
 * does. `status` and what the API server and kubectl keep for themselves are left out, values of
 * Secrets are shown as their size, a changed value as changed.
 * @param before undefined for an object that is created
 * @param after undefined for one that is deleted
 * @param statusFields those fields of `status` that count, for what is asked of a controller there
 */
export function diffObjects(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
  statusFields: readonly string[] = [],
): string {
  const shown = [before, after].map((object) => object && withStatus(object, statusFields));
  const [from, to] = [textOf(shown[0]), textOf(shown[1], before)];
  if (from === to) return '';
  const lines = before && after ? changedLines(from, to) : allLines(from, to);
  const first = lines.slice(0, MAX_LINES).map(shorten);
  const left = lines.length - first.length;
  const rest = left > 0 ? [`[${left} more lines]`] : [];
  return ['--- live', '+++ result', ...first, ...rest].join('\n');
}

function changedLines(from: string, to: string): string[] {
  const [before, after] = [linesOf(from), linesOf(to)];
  const { start, end } = sharedEnds(before, after);
  // The common beginning and end are skipped, except for the context of a change.
  const first = Math.max(0, start - CONTEXT);
  const cut = (lines: string[]) => lines.slice(first, lines.length - Math.max(0, end - CONTEXT));
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

/** The hunk of an object that is new or gone. */
function allLines(from: string, to: string): string[] {
  const [removed, added] = [linesOf(from), linesOf(to)];
  const range = (lines: string[]) => (lines.length === 0 ? '0,0' : `1,${lines.length}`);
  return [
    `@@ -${range(removed)} +${range(added)} @@`,
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
  ];
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split('\n');
}

function shorten(line: string): string {
  const left = line.length - MAX_LINE_LENGTH;
  return left > 0 ? `${line.slice(0, MAX_LINE_LENGTH)}[${left} more characters]` : line;
}

function textOf(object: KubernetesObject | undefined, other?: KubernetesObject): string {
  if (!object) return '';
  const trimmed = { ...object, metadata: ownMetadata(object.metadata ?? {}) };
  if (object.kind !== 'Secret') return toYaml(trimmed);
  const redacted = redactSecrets(structuredClone(trimmed));
  if (other) markChanged(redacted, object, other);
  return toYaml(redacted);
}

/** The object with no more of its status than some fields. */
function withStatus(object: KubernetesObject, fields: readonly string[]): KubernetesObject {
  const { status, ...rest } = object;
  const kept = Object.entries(status ?? {}).filter(([field]) => fields.includes(field));
  return kept.length === 0 ? rest : { ...rest, status: Object.fromEntries(kept) };
}

type Metadata = NonNullable<KubernetesObject['metadata']>;

function ownMetadata(metadata: Metadata): Metadata {
  const entries = Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.includes(field));
  const { annotations, ...own } = Object.fromEntries(entries) as Metadata;
  if (!annotations) return own;
  const { [LAST_APPLIED]: _, ...others } = annotations;
  return Object.keys(others).length === 0 ? own : { ...own, annotations: others };
}

/** Two values of one size look the same once redacted: the later one is marked. */
function markChanged(
  redacted: KubernetesObject,
  object: KubernetesObject,
  other: KubernetesObject,
): void {
  const [shown, now, then] = [redacted, object, other].map(
    ({ data }) => (data ?? {}) as Record<string, string>,
  );
  for (const key of Object.keys(shown ?? {})) {
    const isKnown = then?.[key] !== undefined;
    if (isKnown && shown && now?.[key] !== then?.[key]) shown[key] = `${shown[key]} (changed)`;
  }
}
