import { inOrder, inTurns, Turns, type Steps } from '#base';
import { ToolError } from '#tools';
import { asTable } from '../lists/as-table.js';
import type { Cluster } from '../cluster.js';
import type { ListQuery } from '../lists/list-pages.js';
import { reportable, type Outcome, type PrintOptions } from './print-outcome.js';
import { nothingFound, sectionsOf, type SectionQuery } from './table-sections.js';
import { tablePages, tablesOfNames, type TablePage } from './table-pages.js';
import { namesOf } from '../lists/table-cells.js';
import { TableText } from './table-text.js';

const SECTION_CONCURRENCY = 8;
/** Names after which there may be a pause. */
const NAMES_PER_STEP = 1_000;

interface Section {
  /**
   * Lines that begin with the type of their object where the text has several types; as many as
   * there is room for, or more.
   */
  toLines(severalTypes: boolean, maxChars: number): Steps<string[]> | string[];
  rows: number;
  /** Whether the API server answered, be it with an empty list. */
  answered: boolean;
  /** Rows that were not fetched; undefined if not known how many. */
  unfetched: number | undefined;
  errors: ToolError[];
}

/** Prints queries as tables or, for the format `name`, as `type/name` lines. */
export async function printTables(
  cluster: Cluster,
  queries: readonly ListQuery[],
  options: PrintOptions,
): Promise<Outcome> {
  const sections: Section[] = [];
  const asked = sectionsOf(queries);
  const collect = (section: SectionQuery, signal: AbortSignal) =>
    options.format === 'name'
      ? collectNames(cluster, section, { ...options, signal })
      : collectTable(cluster, section, { ...options, signal });
  for await (const section of inOrder(asked, SECTION_CONCURRENCY, options.signal, collect)) {
    sections.push(section);
  }
  return inTurns(assemble(sections, queries, options));
}

async function collectTable(
  cluster: Cluster,
  { resource, queries }: SectionQuery,
  { format, maxChars, signal }: PrintOptions,
): Promise<Section> {
  const showNamespace = queries.some((query) => query.namespace === undefined);
  const text = new TableText({
    wide: format === 'wide',
    showNamespace: resource.namespaced && showNamespace,
  });
  const ended = await collectPages(
    cluster,
    queries,
    signal,
    function* ({ list, namespace, replaces }) {
      text.dropLast(replaces);
      yield* text.add(asTable(list), namespace);
      return text.size <= maxChars;
    },
  );
  return {
    toLines: (severalTypes, room) =>
      text.toLines(severalTypes ? resource.typeName : undefined, room),
    rows: text.rows,
    ...ended,
  };
}

async function collectNames(
  cluster: Cluster,
  { resource, queries }: SectionQuery,
  { maxChars, signal }: PrintOptions,
): Promise<Section> {
  const lines: string[] = [];
  let size = 0;
  const ended = await collectPages(cluster, queries, signal, function* ({ list, replaces }) {
    if (replaces > 0) lines.splice(-replaces);
    for (const name of namesOf(asTable(list))) {
      const line = resource.label(name);
      lines.push(line);
      size += line.length + 1;
      if (lines.length % NAMES_PER_STEP === 0) yield;
    }
    return size <= maxChars;
  });
  return { toLines: () => lines, rows: lines.length, ...ended };
}

/** @param take gets each page; false when no more are wanted */
async function collectPages(
  cluster: Cluster,
  queries: readonly ListQuery[],
  signal: AbortSignal | undefined,
  take: (page: TablePage) => Steps<boolean>,
): Promise<Pick<Section, 'answered' | 'unfetched' | 'errors'>> {
  const errors: ToolError[] = [];
  const turns = new Turns();
  let answered = false;
  for (const query of queries) {
    try {
      const pages = query.names
        ? tablesOfNames(cluster, query, signal)
        : tablePages(cluster, query, signal);
      for await (const page of pages) {
        if (page instanceof ToolError) {
          errors.push(page);
          continue;
        }
        answered = true;
        // Reading it took a while, and some servers return a list of any length in one page.
        await turns.pass();
        if (await inTurns(take({ namespace: query.namespace, ...page }), turns)) continue;
        return {
          answered,
          unfetched: query === queries.at(-1) ? page.remaining : undefined,
          errors,
        };
      }
    } catch (error) {
      errors.push(reportable(error));
    }
  }
  return { answered, unfetched: 0, errors };
}

function* assemble(
  sections: readonly Section[],
  queries: readonly ListQuery[],
  { format, maxChars }: PrintOptions,
): Steps<Outcome> {
  const errors = sections.flatMap((section) => section.errors);
  const severalTypes = sections.filter(({ answered }) => answered).length > 1;
  const headerLines = format === 'name' ? 0 : 1;
  const lines: string[] = [];
  let size = 0;
  let shown = 0;
  let left: number | undefined = 0;
  for (const section of sections) {
    left =
      left === undefined || section.unfetched === undefined ? undefined : left + section.unfetched;
    if (section.rows === 0) continue;
    const gap = lines.length > 0 && headerLines > 0 ? [''] : [];
    let taken = 0;
    const found = section.toLines(severalTypes, maxChars - size);
    for (const line of Array.isArray(found) ? found : yield* found) {
      const added = taken === 0 ? [...gap, line] : [line];
      for (const text of added) size += text.length + 1;
      if (size > maxChars + 1) break;
      lines.push(...added);
      taken++;
    }
    const rowsTaken = Math.max(0, taken - headerLines);
    shown += rowsTaken;
    if (left !== undefined) left += section.rows - rowsTaken;
  }
  const empty = shown === 0 && left === 0 && errors.length === 0;
  const text = empty ? nothingFound(queries) : lines.join('\n');
  return { text, shown, truncated: left !== 0, remaining: left, errors };
}
