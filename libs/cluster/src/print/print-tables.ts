import { inOrder, inTurns, Turns, type Steps } from '#base';
import { ToolError } from '#tools';
import type { ApiResource } from '../discovery/api-resource.js';
import { asTable } from '../lists/as-table.js';
import type { Cluster } from '../cluster.js';
import type { ListQuery } from '../lists/list-pages.js';
import { GatheredRows } from './gathered-rows.js';
import { emptyText } from './empty-text.js';
import { reportable, type Outcome, type PrintOptions } from './print-outcome.js';
import { nothingFound, sectionsOf, type SectionQuery } from './table-sections.js';
import { RowSource } from './row-source.js';
import type { TablePage } from './table-pages.js';
import type { RowText } from './table-text.js';

const SECTION_CONCURRENCY = 8;

/** The rows of one resource type. */
interface Section {
  resource: ApiResource;
  text: RowText;
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
    collectSection(cluster, section, { ...options, signal });
  for await (const section of inOrder(asked, SECTION_CONCURRENCY, options.signal, collect)) {
    sections.push(section);
  }
  return inTurns(assemble(sections, queries, options));
}

async function collectSection(
  cluster: Cluster,
  { resource, queries }: SectionQuery,
  options: PrintOptions,
): Promise<Section> {
  const { maxChars, sort, distinct } = options;
  const text = emptyText(resource, queries, options);
  const source = new RowSource(cluster, resource, options);
  if (sort || distinct) return gatherSection(source, { resource, queries }, text, options);
  const ended = await collectPages(source, queries, options, function* (page) {
    text.dropLast(page.replaces);
    yield* text.add(asTable(page.list), page.namespace);
    return text.size <= maxChars;
  });
  return { resource, text, ...ended };
}

/** As `collectSection`, for rows that can only be shown when all are known. */
async function gatherSection(
  source: RowSource,
  { resource, queries }: SectionQuery,
  text: RowText,
  options: PrintOptions,
): Promise<Section> {
  const gathered = new GatheredRows(options);
  const ended = await collectPages(source, queries, options, function* (page) {
    if (page.replaces > 0) gathered.clear();
    yield* gathered.add(asTable(page.list), page.namespace);
    return true;
  });
  const turns = new Turns();
  const table = await inTurns(gathered.toTable(), turns);
  await inTurns(text.add(table), turns);
  return { resource, text, ...ended, unfetched: gathered.total - text.rows };
}

/** @param take gets each page; false when no more are wanted */
async function collectPages(
  source: RowSource,
  queries: readonly ListQuery[],
  { signal }: PrintOptions,
  take: (page: TablePage) => Steps<boolean>,
): Promise<Pick<Section, 'answered' | 'unfetched' | 'errors'>> {
  const errors: ToolError[] = [];
  const turns = new Turns();
  let answered = false;
  for (const query of queries) {
    try {
      for await (const page of source.pages(query, signal)) {
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
    if (section.text.rows === 0) continue;
    const gap = lines.length > 0 && headerLines > 0 ? [''] : [];
    let taken = 0;
    const typeName = severalTypes ? section.resource.typeName : undefined;
    for (const line of yield* section.text.toLines(typeName, maxChars - size)) {
      const added = taken === 0 ? [...gap, line] : [line];
      for (const text of added) size += text.length + 1;
      if (size > maxChars + 1) break;
      lines.push(...added);
      taken++;
    }
    const rowsTaken = Math.max(0, taken - headerLines);
    shown += rowsTaken;
    if (left !== undefined) left += section.text.rows - rowsTaken;
  }
  const empty = shown === 0 && left === 0 && errors.length === 0;
  if (shown > 0 && format !== 'name') lines.push(...emptyLine(sections));
  const text = empty ? nothingFound(queries) : lines.join('\n');
  return { text, shown, truncated: left !== 0, remaining: left, errors };
}

/** The line that names the resource types without objects, where others have some. */
function emptyLine(sections: readonly Section[]): string[] {
  const empty = sections.filter(
    ({ answered, unfetched, errors, text }) =>
      answered && unfetched === 0 && errors.length === 0 && text.rows === 0,
  );
  if (empty.length === 0) return [];
  return ['', `none: ${empty.map(({ resource }) => resource.plural).join(', ')}`];
}
