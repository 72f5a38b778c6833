import { describe, expect, it } from 'vitest';
import { atOnce } from '#base';
import { FieldColumns } from './field-columns.js';

const OBJECTS = [
  {
    metadata: { name: 'a', labels: { app: 'x' } },
    spec: { on: true, list: [1, 2.5, 'three'], map: { app: 'x', n: 9007199254740993n } },
  },
  { metadata: { name: 'b' }, spec: { on: false, list: [] } },
];

function tableOf(text: string) {
  const columns = new FieldColumns(text);
  const { columnDefinitions, rows } = atOnce(columns.tableOf(OBJECTS, false));
  return {
    columns,
    names: columnDefinitions.map(({ name }) => name),
    rows: rows.map(({ cells }) => cells),
  };
}

describe('the columns of fields', () => {
  it('are named as asked, or by the last name of the path', () => {
    const { names, rows } = tableOf('WHO: .metadata.name, spec.on ,.spec.list[*]');
    expect(names).toEqual(['WHO', 'on', 'list']);
    expect(rows).toEqual([
      ['a', 'true', '1,2.5,three'],
      ['b', 'false', '<none>'],
    ]);
  });

  it('are named by the whole path where the last names are the same', () => {
    expect(tableOf('metadata.name,spec.name,A:x.name').names).toEqual([
      '.metadata.name',
      '.spec.name',
      'A',
    ]);
  });

  it('show maps and lists as JSON, with all digits of a number', () => {
    expect(tableOf('spec.map,spec.list').rows[0]).toEqual([
      '{"app":"x","n":9007199254740993}',
      '[1,2.5,"three"]',
    ]);
    expect(tableOf('spec.map.n').rows[0]).toEqual(['9007199254740993']);
  });

  it('may have commas and colons in quoted names', () => {
    const { names } = tableOf(`metadata.annotations['a,b:c'],spec["x,y"]`);
    expect(names).toEqual(['a,b:c', 'x,y']);
  });

  it('say what is there instead of a path that no object has', () => {
    const { columns } = tableOf(
      'metadata.nmae,spec.list.x,metadata.name.x,sepc.on,metadata.labels.app',
    );
    expect(columns.paths.filter((path) => path.isMissing).map(({ instead }) => instead)).toEqual([
      'At .metadata there are: labels, name.',
      '.spec.list is a list: write .spec.list[*].x.',
      '.metadata.name has no fields.',
      'Objects have: metadata, spec.',
    ]);
  });

  it.each(['', ',', 'NAME:', 'a,b[', 'a.b'.concat(',c'.repeat(50))])('cannot be %j', (text) => {
    expect(() => new FieldColumns(text)).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    );
  });

  it('of deep and of large objects are cut', () => {
    let deep: Record<string, unknown> = {};
    for (let depth = 0; depth < 9_000; depth++) deep = { a: deep };
    const objects = [{ spec: deep }, { spec: { text: 'x'.repeat(1_000_000) } }];
    const { rows } = atOnce(new FieldColumns('spec').tableOf(objects, false));
    expect(rows[0]?.cells[0]).toContain('nested too deeply');
    expect(String(rows[1]?.cells[0]).length).toBeLessThanOrEqual(8_000);
  });
});
