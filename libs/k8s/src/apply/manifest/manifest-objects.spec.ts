import { describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import { manifestObjects } from './manifest-objects.js';
import { withoutValues } from './manifest-secret.js';

const read = (...values: unknown[]) =>
  manifestObjects(values.map((value, index) => ({ line: index * 10 + 1, value })));

const configMap = (metadata: object = { name: 'a' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
});

describe(manifestObjects.name, () => {
  it('flattens lists', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [configMap(), configMap({ name: 'b' })] };
    const typed = { apiVersion: 'v1', kind: 'SecretList', items: [{ metadata: { name: 'c' } }] };
    const objects = await read(list, typed);
    expect(objects.map(({ kind, name, place }) => [kind, name, place])).toEqual([
      ['ConfigMap', 'a', 'document 1 (line 1), item 1'],
      ['ConfigMap', 'b', 'document 1 (line 1), item 2'],
      ['Secret', 'c', 'document 2 (line 11), item 1'],
    ]);
  });

  it('leaves out what the API server writes itself', async () => {
    const [manifest] = await read({
      ...configMap({
        name: 'a',
        uid: 'u',
        resourceVersion: '1',
        managedFields: [],
        creationTimestamp: null,
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'x' },
      }),
    });
    expect(manifest?.object.metadata).toEqual({ name: 'a', annotations: { note: 'x' } });
  });

  it.each([
    ['no objects', []],
    ['document 1 (line 1)', ['text']],
    ['document 1 (line 1)', [[configMap()]]],
    ['document 2 (line 11): apiVersion', [configMap(), { kind: 'Pod', metadata: { name: 'a' } }]],
    ['document 1 (line 1): kind', [{ apiVersion: 'v1', metadata: { name: 'a' } }]],
    ['metadata.name', [configMap({})]],
    ['metadata.name', [configMap({ name: 5 })]],
    ['generateName cannot be applied', [configMap({ generateName: 'a-' })]],
    ['metadata.namespace', [configMap({ name: 'a', namespace: 5 })]],
  ])('says what is wrong: %s', async (said, values) => {
    await expect(read(...values)).rejects.toThrow(said);
  });

  it('puts the plain values of a Secret under data, where a later apply can remove them', async () => {
    const [manifest] = await read({
      ...configMap(),
      kind: 'Secret',
      data: { a: 'YQ==', b: 'YQ==' },
      stringData: { b: 'é' },
    });
    expect(manifest?.object).toMatchObject({ data: { a: 'YQ==', b: 'w6k=' } });
    expect(manifest?.object).not.toHaveProperty('stringData');
  });

  it.each([
    { data: { pw: 12345 } },
    { data: { pw: 'hunter2!' } },
    { stringData: { pw: 12345 } },
    { stringData: 'hunter2!' },
  ])('refuses the Secret %j and does not repeat its value', async (values) => {
    const error: unknown = await read({ ...configMap(), kind: 'Secret', ...values }).catch(
      (refusal: unknown) => refusal,
    );
    expect(error).toBeInstanceOf(ToolError);
    expect(String(error)).not.toMatch(/hunter2|12345/);
  });
});

describe(withoutValues.name, () => {
  it('takes the values of a Secret out of a message, in plain text and in base64', () => {
    const value = Buffer.from('hunter2').toString('base64');
    const error = new ToolError('invalid_input', `denied: pw hunter2 (${value})`);
    const { message } = withoutValues(error, { kind: 'Secret', data: { pw: value } });
    expect(message).toBe('denied: pw <redacted> (<redacted>)');
    expect(withoutValues(error, { kind: 'ConfigMap', data: { pw: value } })).toBe(error);
  });
});
