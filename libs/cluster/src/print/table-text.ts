import type { Steps } from '#base';
import { nameColumnOf, textOf } from '../lists/table-cells.js';
import { alignSteps, LEAST_WIDTH, PADDING, widthOf, type Line } from './tab-writer.js';
import type { ColumnDefinition, Table } from '../lists/table.js';

interface TableTextOptions {
  /** With the columns that kubectl shows only for `-o wide`. */
  wide: boolean;
  /** With a NAMESPACE column in front. */
  showNamespace: boolean;
}

/** The text of rows, which are added as they come. */
export interface RowText {
  /** Rows so far. */
  readonly rows: number;
  /** Characters that the text has by now. */
  readonly size: number;
  /** @param namespace of all rows, where they do not say it themselves */
  add(table: Table, namespace?: string): Steps<void>;
  /** Drops the last rows, for a list that had to begin anew. */
  dropLast(rows: number): void;
  /**
   * The lines; a header, if there is one, is the first. None if there are no rows. Those that
   * `maxChars` has no room for may be left out.
   * @param typeName put before each name, e.g. `deployment.apps` for `deployment.apps/web`
   */
  toLines(typeName: string | undefined, maxChars: number): Steps<string[]>;
}

/**
 * Tables of one resource type as the text that kubectl prints for them. Pages are added as they
 * come and only their shown cells are kept, so memory grows with the text and not with the answers.
 */
export class TableText implements RowText {
  private columns: ColumnDefinition[] = [];
  private lines: string[][] = [];
  private widths: number[] = [];
  private lastCells = 0;

  constructor(private readonly options: TableTextOptions) {}

  get rows(): number {
    return Math.max(0, this.lines.length - 1);
  }

  get size(): number {
    const width = this.widths.reduce((sum, cell) => sum + Math.max(LEAST_WIDTH, cell + PADDING), 0);
    return this.lines.length * (width + 1) + this.lastCells;
  }

  *add(table: Table, namespace?: string): Steps<void> {
    if (table.rows.length === 0) return;
    if (this.lines.length === 0) {
      this.columns = table.columnDefinitions;
      const names = this.shown().map((index) => this.columns[index]!.name.toUpperCase());
      this.push(this.options.showNamespace ? ['NAMESPACE', ...names] : names);
    }
    const shown = this.shown();
    for (const row of table.rows) {
      const line: string[] = [];
      if (this.options.showNamespace) {
        line.push(row.object?.metadata?.namespace ?? namespace ?? '');
      }
      for (const index of shown) {
        if (index >= row.cells.length) break;
        line.push(cellText(row.cells[index]));
      }
      this.push(line);
      if (this.lines.length % ROWS_PER_STEP === 0) yield;
    }
  }

  dropLast(rows: number): void {
    for (const line of rows > 0 ? this.lines.splice(-rows) : []) {
      this.lastCells -= line.at(-1)?.length ?? 0;
    }
  }

  *toLines(typeName: string | undefined, maxChars: number): Steps<string[]> {
    const name = this.shown().indexOf(nameColumnOf(this.columns));
    const column = name < 0 ? -1 : name + (this.options.showNamespace ? 1 : 0);
    const [header, ...rows] = this.lines;
    if (!header) return [];
    if (typeName !== undefined && column >= 0) {
      for (const row of rows) row[column] = `${typeName}/${row[column] ?? ''}`;
    }
    return yield* alignSteps([header, ...(yield* splitAtTabs(rows, maxChars))], maxChars);
  }

  private shown(): number[] {
    return this.columns.flatMap(({ priority = 0 }, index) =>
      this.options.wide || priority === 0 ? [index] : [],
    );
  }

  private push(line: string[]): void {
    const last = line.length - 1;
    for (let column = 0; column < last; column++) {
      this.widths[column] = Math.max(this.widths[column] ?? 0, widthOf(line[column]!));
    }
    this.lastCells += line[last]?.length ?? 0;
    this.lines.push(line);
  }
}

/** Rows, or cells of rows, after which there may be a pause. */
const ROWS_PER_STEP = 200;
const CELLS_PER_STEP = 1_000;

const LINE_END = /[\f\n\r]/;
const ESCAPE = '\x1b';

/**
 * Characters of a cell that are shown. The longest cell of a column sets the width of every row.
 */
const MAX_CELL_CHARS = 4_000;

// Cut at the first line end, and no terminal escape sequences.
function cellText(cell: unknown): string {
  const whole = textOf(cell);
  const end = whole.search(LINE_END);
  const line = end < 0 ? whole : `${whole.slice(0, end)}...`;
  const left = line.length - MAX_CELL_CHARS;
  const shown = left > 0 ? `${line.slice(0, MAX_CELL_CHARS)}...[${left} more characters]` : line;
  return shown.includes(ESCAPE) ? shown.replaceAll(ESCAPE, '^[') : shown;
}

const TAB = /[\t\v]/;

/**
 * The cells of rows, as far as there is room for them. A tab inside a cell ends it, also for
 * kubectl.
 */
function* splitAtTabs(rows: readonly string[][], maxChars: number): Steps<Line[]> {
  const lines: Line[] = [];
  let chars = 0;
  let cells = 0;
  for (const row of rows) {
    if (chars > maxChars) break;
    lines.push(row.some((cell) => TAB.test(cell)) ? row.join('\t').split(TAB) : row);
    for (const cell of row) chars += cell.length + 1;
    cells += lines.at(-1)!.length;
    if (cells < CELLS_PER_STEP) continue;
    cells = 0;
    yield;
  }
  return lines;
}
