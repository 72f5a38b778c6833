import type { Steps } from '#base';
import { ToolError } from '#tools';
import type { Key, SortKey } from '../columns/sort-key.js';
import { sortSteps } from '../columns/sort-steps.js';
import type { ColumnDefinition, Table, TableRow } from '../lists/table.js';

/** Rows that are kept: more than a text can show. */
const MAX_ROWS = 20_000;

/** Rows after which there may be a pause. */
const ROWS_PER_STEP = 500;

/** A row, and what it is sorted by. */
interface Gathered {
  row: TableRow;
  key: Key;
  /** How often it is there. */
  count: number;
}

interface GatherOptions {
  sort?: SortKey;
  distinct?: boolean;
  /** Most rows in the end. */
  limit?: number;
}

/**
 * Rows that can only be shown when all are known: sorted, or each different one once with a count.
 * Keeps not many more of them than are shown, and none of their objects.
 */
export class GatheredRows {
  /** Rows so far, those that are not kept too. */
  total = 0;
  private columns: ColumnDefinition[] = [];
  private rows: Gathered[] = [];
  private readonly known = new Map<string, Gathered>();
  private readonly most: number;

  constructor(private readonly options: GatherOptions) {
    this.most = Math.min(options.limit ?? MAX_ROWS, MAX_ROWS);
  }

  /** @throws ToolError `invalid_input` for too many different rows */
  *add({ columnDefinitions, rows }: Table, namespace?: string): Steps<void> {
    const { sort, distinct } = this.options;
    this.columns = columnDefinitions;
    let added = 0;
    for (const { cells, object } of rows) {
      const where = object?.metadata?.namespace ?? namespace;
      const row = { cells, object: { metadata: { namespace: where } } };
      const gathered = { row, key: sort?.of(object), count: 1 };
      if (distinct) this.count(gathered);
      else {
        this.total++;
        this.rows.push(gathered);
        if (this.rows.length >= 2 * MAX_ROWS) yield* this.cut();
      }
      if (++added % ROWS_PER_STEP === 0) yield;
    }
  }

  /** Forgets all rows, for a list that had to begin anew. */
  clear(): void {
    this.total = 0;
    this.rows = [];
    this.known.clear();
  }

  /** The rows in their order; with a count in front of each different one. */
  *toTable(): Steps<Table> {
    yield* this.cut();
    const { distinct } = this.options;
    const rows = this.rows.map(({ row, count }) =>
      distinct ? { ...row, cells: [count, ...row.cells] } : row,
    );
    const count = { name: 'Count', type: 'integer' };
    const columnDefinitions = distinct ? [count, ...this.columns] : this.columns;
    return { kind: 'Table', columnDefinitions, rows };
  }

  private count(gathered: Gathered): void {
    const text = gathered.row.cells.join('\0');
    const same = this.known.get(text);
    if (same) {
      same.count++;
      return;
    }
    if (this.known.size === MAX_ROWS) {
      const message = `There are more than ${MAX_ROWS} different rows. Name fewer fields, or leave out "distinct".`;
      throw new ToolError('invalid_input', message);
    }
    this.total++;
    this.known.set(text, gathered);
    this.rows.push(gathered);
  }

  private *cut(): Steps<void> {
    const { sort } = this.options;
    const sorted = yield* sortSteps(this.rows, (a, b) =>
      sort ? sort.compare(a.key, b.key) : b.count - a.count,
    );
    this.rows = sorted.slice(0, this.most);
  }
}
