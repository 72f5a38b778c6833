import { describe, expect, it } from 'vitest';
import { outerReferences } from './schema-references.js';

const DRAFT_7 = 'http://json-schema.org/draft-07/schema#';

describe(outerReferences, () => {
  it.each([
    ['nothing', {}],
    ['a known draft', { $schema: DRAFT_7 }],
    ['the newest draft', { $schema: 'https://json-schema.org/draft/2020-12/schema' }],
    ['a pointer', { $ref: '#/definitions/a', definitions: { a: {} } }],
    ['a property that is called $ref', { properties: { $ref: { type: 'string' } } }],
    ['a schema that is bundled', { $defs: { a: { $id: 'port.json' } }, $ref: 'port.json#/x' }],
    [
      'one that is bundled by its address',
      { $defs: { a: { $id: 'https://a.io/k8s.json' } }, items: { $ref: 'https://a.io/k8s.json' } },
    ],
    ['its own address', { $id: 'https://a.io/v.json', $ref: 'https://a.io/v.json#/definitions/x' }],
    ['a name that means nothing here', { $ref: 'urn:example:port' }],
    ['a schema that is true', true],
  ])('follows nothing out of %s', (_, schema) => {
    expect(outerReferences(schema)).toEqual([]);
  });

  it.each([
    ['file:///etc/hostname.json', 'a file'],
    ['FILE:///etc/hostname.json', 'a file in capital letters'],
    ['other.json', 'a path, which helm takes from the root of this machine'],
    ['/etc/passwd', 'an absolute path'],
    ['../../etc/passwd#/a', 'a way up'],
    ['https://a.io/schema.json', 'a host'],
    ['//a.io/schema.json', 'a host by the scheme of this schema'],
    ['http://json-schema.org@a.io/draft-07/schema', 'a host behind user info'],
    ['http://json-schema.org/draft-05/schema', 'a draft that helm does not hold'],
  ])('finds %s: %s', (reference) => {
    for (const schema of [
      { $ref: reference },
      { properties: { a: { anyOf: [{}, { $dynamicRef: reference }] } } },
      { default: { deep: { $ref: reference } }, $ref: '#/default/deep' },
      { $schema: reference },
    ]) {
      expect(outerReferences(schema)).toEqual([reference]);
    }
  });

  it.each([
    [
      'where ids are none in that draft',
      { $schema: DRAFT_7, $defs: { a: { $id: 'a' } }, $ref: 'a' },
    ],
    [
      'where an older draft has them beside a reference',
      { $schema: DRAFT_7, definitions: { a: { $id: 'a', $ref: '#' } }, not: { $ref: 'a' } },
    ],
    ['where they are data', { default: { $id: 'a' }, $ref: 'a' }],
    [
      'where another id changes what it means',
      { $defs: { a: { $id: 'a' } }, not: { $id: 'http://b.io/', $ref: 'a' } },
    ],
    [
      'where the id is a file of this machine',
      { $defs: { a: { $id: 'file:///a' } }, $ref: 'file://localhost/a' },
    ],
  ])('takes no id for bundled %s', (_, schema) => {
    expect(outerReferences(schema)).toHaveLength(1);
  });

  it('reads a schema that is nested 20,000 times', () => {
    let schema: object = { $ref: 'file:///a' };
    for (let depth = 0; depth < 20_000; depth++) schema = { not: schema };
    expect(outerReferences(schema)).toEqual(['file:///a']);
  });
});
