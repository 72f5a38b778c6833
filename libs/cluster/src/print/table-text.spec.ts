import { describe, expect, it } from 'vitest';
import { atOnce } from '#base';
import { asTable } from '../lists/as-table.js';
import { alignLines, alignSteps } from './tab-writer.js';
import type { Table } from '../lists/table.js';
import { namesOf } from '../lists/table-cells.js';
import { TableText } from './table-text.js';

const table = (...cells: unknown[][]): Table => ({
  kind: 'Table',
  columnDefinitions: [
    { name: 'Name', type: 'string', format: 'name' },
    { name: 'Ready', type: 'string' },
    { name: 'Node', type: 'string', priority: 1 },
    { name: 'Age', type: 'string' },
  ],
  rows: cells.map((row) => ({ cells: row })),
});

const linesOf = (
  options: Partial<{ wide: boolean; showNamespace: boolean }>,
  ...tables: Table[]
) => {
  const text = new TableText({ wide: false, showNamespace: false, ...options });
  for (const page of tables) atOnce(text.add(page, 'shop'));
  return atOnce(text.toLines(undefined, Infinity));
};

describe('TableText', () => {
  it('aligns over all pages and pads nothing at the end', () => {
    expect(
      linesOf({}, table(['a', '1/1', 'n', '5d']), table(['a-longer-name', '0/1', 'n', '3m'])),
    ).toEqual([
      'NAME            READY   AGE',
      'a               1/1     5d',
      'a-longer-name   0/1     3m',
    ]);
  });

  it('shows whole numbers beyond 2^53 with all digits', () => {
    expect(linesOf({}, table(['a', 9007199254740993n, 'n', [9007199254740993n]]))[1]).toBe(
      'a      9007199254740993   [9007199254740993]',
    );
  });

  it('shows wide columns, namespace and type where asked', () => {
    const text = new TableText({ wide: true, showNamespace: true });
    atOnce(text.add(table(['a', '1/1', 'n', '5d']), 'shop'));
    expect(atOnce(text.toLines('deployment.apps', Infinity))).toEqual([
      'NAMESPACE   NAME                READY   NODE   AGE',
      'shop        deployment.apps/a   1/1     n      5d',
    ]);
  });

  it('keeps a column at six characters at least and shows empty cells', () => {
    expect(linesOf({}, table(['a', null, 'n', 0]))).toEqual([
      'NAME   READY   AGE',
      'a              0',
    ]);
  });

  it('cuts cells at a line end and shows escapes', () => {
    expect(linesOf({}, table(['a', 'x\ny', 'n', '\x1b[31mred']))[1]).toBe(
      'a      x...    ^[[31mred',
    );
  });

  it('cuts cells that no line has room for', () => {
    const shown = linesOf({}, table(['a', 'x'.repeat(5_000), 'n', '\t'.repeat(9_000)]));
    expect(shown[1]).toContain(`${'x'.repeat(4_000)}...[1000 more characters]`);
    expect(shown[1]).toContain('[5000 more characters]');
  });

  it('has no lines without rows', () => {
    expect(linesOf({}, table())).toEqual([]);
  });

  it('drops rows of a list that began anew', () => {
    const text = new TableText({ wide: false, showNamespace: false });
    atOnce(text.add(table(['a', '1/1', 'n', '5d'], ['b', '1/1', 'n', '5d'])));
    text.dropLast(1);
    expect(text.rows).toBe(1);
  });

  it('knows its size', () => {
    const text = new TableText({ wide: false, showNamespace: false });
    atOnce(text.add(table(['a-name', '1/1', 'n', '5d'], ['b', '1/1', 'n', '5d'])));
    expect(text.size).toBe(atOnce(text.toLines(undefined, Infinity)).join('\n').length + 1);
  });
});

describe('asTable', () => {
  it('makes names and ages of a plain list', () => {
    const creationTimestamp = new Date(Date.now() - 5 * 86_400_000).toISOString();
    const made = asTable({
      kind: 'FooList',
      items: [
        { kind: 'Foo', metadata: { name: 'a', creationTimestamp } },
        { kind: 'Foo', metadata: { name: 'b' } },
      ],
    });
    expect(made.rows.map(({ cells }) => cells)).toEqual([
      ['a', '5d'],
      ['b', '<unknown>'],
    ]);
    expect(namesOf(made)).toEqual(['a', 'b']);
  });

  it('takes a Table with null for its rows', () => {
    const empty = { kind: 'Table', rows: null, columnDefinitions: null } as unknown as Table;
    expect(asTable(empty)).toMatchObject({ rows: [], columnDefinitions: [] });
  });
});

describe('alignLines', () => {
  it('aligns only neighbouring lines that have the column', () => {
    expect(
      alignLines([
        ['a', 'b', 'c'],
        ['a long first', 'c'],
        ['a', 'b long', 'c'],
      ]),
    ).toEqual(['a              b     c', 'a long first   c', 'a              b long   c']);
  });

  it('counts characters, not UTF-16 units', () => {
    expect(
      alignLines([
        ['😀😀😀😀', 'x'],
        ['abcd', 'x'],
      ]),
    ).toEqual(['😀😀😀😀   x', 'abcd   x']);
  });

  it('aligns lines of thousands of cells', () => {
    const many = Array<string>(9_000).fill('x');
    expect(alignLines([['a', 'b'], many, ['a', 'b']])).toEqual([
      'a     b',
      `${'x     '.repeat(8_999)}x`,
      'a     b',
    ]);
  });

  it('looks at no more lines than are wanted', () => {
    const many = Array.from({ length: 1_000_000 }, () => ['a', 'b']);
    expect(atOnce(alignSteps(many, 1_000)).length).toBeLessThan(200);
  });
});
