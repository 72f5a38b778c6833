import { describe, expect, it } from 'vitest';
import { atOnce } from '#base';
import { SortKey } from '../columns/sort-key.js';
import { GatheredRows } from './gathered-rows.js';

const tableOf = (values: readonly (string | number)[]) => ({
  kind: 'Table' as const,
  columnDefinitions: [{ name: 'V', type: 'string' }],
  rows: values.map((v) => ({ cells: [String(v)], object: { v } })),
});

function gathered(options: ConstructorParameters<typeof GatheredRows>[0], ...pages: number[][]) {
  const rows = new GatheredRows(options);
  for (const page of pages) atOnce(rows.add(tableOf(page)));
  const table = atOnce(rows.toTable());
  return {
    total: rows.total,
    columns: table.columnDefinitions,
    cells: table.rows.map((row) => row.cells),
  };
}

describe('GatheredRows', () => {
  it('sorts over pages', () => {
    const { cells, total } = gathered({ sort: new SortKey('v'), limit: 3 }, [5, 1], [4, 2, 3]);
    expect(cells).toEqual([['1'], ['2'], ['3']]);
    expect(total).toBe(5);
  });

  it('counts each different row, the most frequent first', () => {
    const { cells, columns } = gathered({ distinct: true }, [1, 2], [2, 3, 2, 3]);
    expect(columns.map(({ name }) => name)).toEqual(['Count', 'V']);
    expect(cells).toEqual([
      [3, '2'],
      [2, '3'],
      [1, '1'],
    ]);
  });

  it('keeps the first of very many', () => {
    const many = Array.from({ length: 90_000 }, (_, index) => 90_000 - index);
    const { cells, total } = gathered({ sort: new SortKey('v') }, many);
    expect(cells).toHaveLength(20_000);
    expect([cells[0], cells.at(-1), total]).toEqual([['1'], ['20000'], 90_000]);
  });

  it('refuses to count too many', () => {
    const many = Array.from({ length: 20_001 }, (_, index) => index);
    expect(() => gathered({ distinct: true }, many)).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    );
  });

  it('forgets the rows of a list that begins anew', () => {
    const rows = new GatheredRows({ distinct: true });
    atOnce(rows.add(tableOf([1, 1])));
    rows.clear();
    atOnce(rows.add(tableOf([2])));
    expect(atOnce(rows.toTable()).rows.map(({ cells }) => cells)).toEqual([[1, '2']]);
  });
});
