import { describe, expect, it } from 'vitest';
import { ObjectSchema } from '#cluster';
import { ToolError } from '#tools';
import { mergeApplied, withKeys } from './apply-merge.js';
import { obstacles } from './apply-obstacles.js';
import { operationFaults, typeFaults } from './type-faults.js';

const text = { type: 'string' };
const whole = { type: 'integer' };
const port = {
  type: 'object',
  properties: { name: text, port: whole, protocol: { ...text, default: 'TCP' } },
};
const schema = new ObjectSchema(
  {
    type: 'object',
    properties: {
      ports: {
        type: 'array',
        items: { allOf: [{ $ref: '#/components/schemas/Port' }] },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['port', 'protocol'],
      },
      finalizers: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
      args: { type: 'array', items: text },
      labels: { type: 'object', additionalProperties: text },
      selector: {
        type: 'object',
        additionalProperties: text,
        'x-kubernetes-map-type': 'atomic',
      },
      source: { type: 'object', properties: { a: { type: 'object' }, b: { type: 'object' } } },
    },
  },
  { Port: port },
);
const merged = (live: object, wanted: object) =>
  mergeApplied(schema, live, withKeys(schema, wanted));

describe(mergeApplied.name, () => {
  it.each([
    ['maps by key', { labels: { a: '1' } }, { labels: { b: '2' } }, { labels: { a: '1', b: '2' } }],
    [
      'a map that is one value as a whole',
      { selector: { a: '1' } },
      { selector: { b: '2' } },
      { selector: { b: '2' } },
    ],
    ['a list that is one value as a whole', { args: ['a'] }, { args: ['b'] }, { args: ['b'] }],
    [
      'a set',
      { finalizers: ['a', 'b'] },
      { finalizers: ['b', 'c'] },
      { finalizers: ['a', 'b', 'c'] },
    ],
    [
      'items by their keys, with the defaults of these',
      { ports: [{ port: 80, protocol: 'TCP', name: 'old' }] },
      { ports: [{ port: 81 }, { port: 80, name: 'new' }] },
      {
        ports: [
          { port: 81, protocol: 'TCP' },
          { port: 80, protocol: 'TCP', name: 'new' },
        ],
      },
    ],
    ['what the object lacks', {}, { labels: { a: '1' } }, { labels: { a: '1' } }],
    ['what the schema does not know', { x: { a: 1 } }, { x: { b: 2 } }, { x: { a: 1, b: 2 } }],
  ])('merges %s', (_, live, wanted, expected) => {
    expect(merged(live, wanted)).toEqual(expected);
  });

  it('loses no item, whatever the orders', () => {
    const items = (ports: number[]) => ({ ports: ports.map((one) => ({ port: one })) });
    const live = withKeys(schema, items([1, 2, 3, 4])) as object;
    const { ports } = merged(live, items([4, 9, 2])) as { ports: { port: number }[] };
    expect(ports.map((one) => one.port).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 9]);
    expect(live).toEqual(withKeys(schema, items([1, 2, 3, 4])));
  });
});

describe(obstacles.name, () => {
  const found = (live: object, wanted: object, field: string, reason: string) => {
    const cause = { kind: 'Status', details: { causes: [{ field, reason }] } };
    const error = new ToolError('invalid_input', '', { cause });
    return obstacles(error, schema, merged(live, wanted), withKeys(schema, wanted));
  };

  it('finds the other item with the same value', () => {
    const live = {
      ports: [
        { port: 80, protocol: 'TCP', name: 'http' },
        { port: 90, name: 'b' },
      ],
    };
    const wanted = { ports: [{ port: 81, name: 'http' }] };
    expect(found(live, wanted, 'ports[2].name', 'FieldValueDuplicate')).toEqual([
      ['f:ports', 'k:{"port":80,"protocol":"TCP"}'],
    ]);
  });

  it.each(['source.b', 'source'])('finds the other member of a union (%s)', (field) => {
    expect(
      found({ source: { a: {} } }, { source: { b: {} } }, field, 'FieldValueForbidden'),
    ).toEqual([['f:source', 'f:a']]);
  });

  it.each(['source.b', 'nowhere', '<nil>', 'ports[9].name', ''])(
    'finds nothing where the manifest has everything (%s)',
    (field) => {
      expect(found({ source: {} }, { source: { b: {} } }, field, 'FieldValueInvalid')).toEqual([]);
    },
  );
});

describe(typeFaults.name, () => {
  it('names each field with what it has to be', () => {
    const object = { ports: [{ port: '80' }], args: 'a', labels: { a: 1, b: null }, $patch: 5 };
    expect(typeFaults(schema, object)).toEqual([
      'ports[0].port must be a whole number, not text',
      'args must be a list, not text',
      'labels.a must be text, not a whole number',
    ]);
  });

  it('takes a whole number beyond 2^53 for one', () => {
    expect(typeFaults(schema, { ports: [{ port: 9007199254740993n }] })).toEqual([]);
  });

  it('looks at the values of operations', () => {
    expect(
      operationFaults(schema, [
        { op: 'add', path: '/labels/a~1b', value: 1 },
        { op: 'test', path: '/args', value: 'a' },
        { op: 'replace', path: '/ports/0', value: 'a' },
      ]),
    ).toEqual([
      '/labels/a~1b must be text, not a whole number',
      '/ports/0 must be a map, not text',
    ]);
  });
});
