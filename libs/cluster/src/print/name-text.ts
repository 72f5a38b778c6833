import { noSteps, type Steps } from '#base';
import type { ApiResource } from '../discovery/api-resource.js';
import { namesOf } from '../lists/table-cells.js';
import type { Table } from '../lists/table.js';
import type { RowText } from './table-text.js';

/** Names after which there may be a pause. */
const NAMES_PER_STEP = 1_000;

/** Rows as `type/name` lines. */
export class NameText implements RowText {
  size = 0;
  private readonly lines: string[] = [];

  constructor(private readonly resource: ApiResource) {}

  get rows(): number {
    return this.lines.length;
  }

  *add(table: Table): Steps<void> {
    for (const name of namesOf(table)) {
      const line = this.resource.label(name);
      this.lines.push(line);
      this.size += line.length + 1;
      if (this.lines.length % NAMES_PER_STEP === 0) yield;
    }
  }

  dropLast(rows: number): void {
    for (const line of rows > 0 ? this.lines.splice(-rows) : []) this.size -= line.length + 1;
  }

  /** It has nothing to align, so it never pauses. */
  toLines(): Steps<string[]> {
    return noSteps(this.lines);
  }
}
