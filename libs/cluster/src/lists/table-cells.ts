import { numberText } from '../text/number-text.js';
import type { ColumnDefinition, Table } from './table.js';

/** The names of the objects in a Table's rows. */
export function namesOf({ columnDefinitions, rows }: Table): string[] {
  const column = Math.max(0, nameColumnOf(columnDefinitions));
  return rows.map(({ cells }) => textOf(cells[column]));
}

/** The index of the column with the objects' names; -1 if there is none. */
export function nameColumnOf(columns: readonly ColumnDefinition[]): number {
  return columns.findIndex(({ format, type }) => format === 'name' && type === 'string');
}

/** A cell as kubectl prints it. */
export function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' || typeof cell === 'bigint'
    ? numberText(cell, 'table')
    : JSON.stringify(cell);
}
