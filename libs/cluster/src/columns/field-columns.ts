import type { Steps } from '#base';
import { invalidField } from '#tools';
import type { ColumnDefinition, Table, TableRow } from '../lists/table.js';
import type { KubernetesObject } from '../secrets/redact.js';
import { compactJson } from '../text/compact-json.js';
import { parseFieldPath, type FieldPath } from './field-path.js';
import { SoughtPath } from './sought-path.js';

const MAX_COLUMNS = 50;

/** Characters of a cell that are kept. A table shows fewer. */
const MAX_CELL_CHARS = 8_000;

/** Cells after which there may be a pause. */
const CELLS_PER_STEP = 200;

const NOTHING = '<none>';

/** A column, as it was asked for. */
interface Column {
  /** "" where none was given. */
  heading: string;
  path: FieldPath;
}

/** The columns of `fields`: kubectl's custom columns, or paths alone. */
export class FieldColumns {
  /** Their paths, in the order of the columns. */
  readonly paths: readonly SoughtPath[];
  private readonly definitions: readonly ColumnDefinition[];

  /**
   * @param text such as `NAME:.metadata.name,.spec.nodeName`
   * @throws ToolError `invalid_input`
   */
  constructor(text: string) {
    const columns = splitAtCommas(text).map(columnOf);
    if (columns.length === 0) throw invalidField('fields', 'names no column');
    if (columns.length > MAX_COLUMNS) {
      throw invalidField('fields', `names ${columns.length} columns; ${MAX_COLUMNS} are possible`);
    }
    this.paths = columns.map(({ path }) => new SoughtPath(path, 'fields'));
    this.definitions = columns.map(({ heading, path }) => ({
      name: heading || ownHeading(path, columns),
      type: 'string',
      ...(String(path) === '.metadata.name' && { format: 'name' }),
    }));
  }

  /**
   * A Table of objects.
   * @param keepsObjects whether its rows carry their objects
   */
  *tableOf(objects: readonly KubernetesObject[], keepsObjects: boolean): Steps<Table> {
    const rows: TableRow[] = [];
    let cells = 0;
    for (const object of objects) {
      const row = { cells: this.paths.map((path) => cellOf(path.valuesIn(object))) };
      rows.push(keepsObjects ? { ...row, object } : row);
      cells += row.cells.length;
      if (cells < CELLS_PER_STEP) continue;
      cells = 0;
      yield;
    }
    return { kind: 'Table', columnDefinitions: [...this.definitions], rows };
  }
}

/** Several values joined by commas, as in kubectl; lists and maps as JSON. */
function cellOf(values: readonly unknown[]): string {
  if (values.length === 0) return NOTHING;
  let text = '';
  for (const [index, value] of values.entries()) {
    const one = typeof value === 'string' ? value : compactJson(value, MAX_CELL_CHARS);
    text = index === 0 ? one : `${text},${one}`;
    if (text.length > MAX_CELL_CHARS) return text.slice(0, MAX_CELL_CHARS);
  }
  return text;
}

const HEADED = /^\s*([\w /%#()-]+):(.*)$/s;

function columnOf(text: string): Column {
  const [, heading = '', path = text] = HEADED.exec(text) ?? [];
  return { heading: heading.trim(), path: parseFieldPath(path, 'fields') };
}

/** The last name of a path, or the whole path where another column ends with the same name. */
function ownHeading(path: FieldPath, columns: readonly Column[]): string {
  const name = lastName(path);
  const same = columns.filter((one) => one.heading === '' && lastName(one.path) === name);
  return same.length > 1 ? String(path) : name;
}

function lastName(path: FieldPath): string {
  return path.steps.findLast((step) => typeof step === 'string') ?? String(path);
}

/** Splits at commas outside of brackets and quotes. */
function splitAtCommas(text: string): string[] {
  const parts = text.match(/(?:\[(?:'[^']*'|"[^"]*"|[^\]'"]*)\]|[^,])+/g) ?? [];
  return parts.filter((part) => part.trim() !== '');
}
