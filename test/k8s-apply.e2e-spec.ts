import { describe, expect, it } from 'vitest';
import { configMap, deployment, documents } from './support/manifest.js';
import { CLIENTS, mcpTextOf } from './support/mcp-clients.js';
import { execute, textOf } from './support/rest.js';
import { useApply } from './support/use-apply.js';

const { own, server, apply } = useApply('apply-test');

describe('k8s_apply', () => {
  it('says of each object what it did, over REST', async () => {
    expect(textOf(await apply(documents(configMap('one'), deployment('one'))))).toBe(
      'configmap/one created\ndeployment.apps/one created',
    );
    const again = documents(configMap('one', { key: 'new' }), deployment('one'));
    const text = textOf(await apply(again));
    expect(text).toMatch(/^configmap\/one configured\ndeployment\.apps\/one unchanged\n/);
    expect(text).toContain('-  key: value\n+  key: new');
    expect(await own.stored('configmap/one', '{.data}')).toBe('{"key":"new"}');
  });

  it.each(Object.keys(CLIENTS).slice(0, 3))('works over MCP (%s)', async (kind) => {
    const client = await CLIENTS[kind]!(server);
    const name = `mcp-${Object.keys(CLIENTS).indexOf(kind)}`;
    const content = JSON.stringify(configMap(name));
    const answer = await client.call('k8s_apply', { content, namespace: own.name });
    await client.close();
    expect(mcpTextOf(answer)).toContain(`${name} created`);
    expect(await own.isThere(`configmap/${name}`)).toBe(true);
  });

  it('gives the same facts as data', async () => {
    const args = { content: JSON.stringify(configMap('data')), namespace: own.name };
    const { body } = await execute(server.url, 'k8s_apply', args, { query: '?data=true' });
    expect(body.data).toEqual({
      dry_run: false,
      objects: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          namespace: own.name,
          name: 'data',
          result: 'created',
        },
      ],
    });
  });

  it('changes nothing in a dry run, and shows what would change', async () => {
    textOf(await apply(configMap('dry')));
    const { resourceVersion } = (await own.read('configmap/dry')).metadata;
    const changes = documents(configMap('dry', { key: 'new' }), configMap('dry-new'));
    const text = textOf(await apply(changes, { dry_run: true }));
    expect(text).toMatch(/^configmap\/dry configured\nconfigmap\/dry-new created\n\(dry run/);
    expect(text).toContain('-  key: value\n+  key: new');
    expect((await own.read('configmap/dry')).metadata.resourceVersion).toBe(resourceVersion);
    expect(await own.isThere('configmap/dry-new')).toBe(false);
  });
});

describe('a manifest with a fault', () => {
  const good = JSON.stringify(configMap('never'));

  it.each([
    ['broken YAML', 'a: b\n  c: d', /at line 4, column 4/],
    [
      'an object without a name',
      '{"apiVersion":"v1","kind":"ConfigMap"}',
      /document 2 \(line 3\): metadata\.name/,
    ],
    [
      'an unknown kind',
      JSON.stringify({ ...configMap('x'), kind: 'ConfigMop' }),
      /configmaps \(cm\)/,
    ],
    [
      'an unknown field',
      JSON.stringify({ ...configMap('x'), dataz: {} }),
      /configmap\/x in apply-test: \.dataz: field not declared/,
    ],
    [
      'a value of a wrong type',
      JSON.stringify(deployment('x', { replicas: 'x' })),
      /deployment\.apps\/x in apply-test: spec\.replicas must be a whole number, not text\n/,
    ],
    [
      'a bad name',
      JSON.stringify(configMap('n --all')),
      /it is not certain what it asks for: its path has the part "n%20--all"/,
    ],
    [
      'a name that is a path',
      JSON.stringify(configMap('../x')),
      /document 2 .* cannot be the name/,
    ],
    [
      'another namespace',
      JSON.stringify({ ...configMap('x'), metadata: { name: 'x', namespace: 'shop' } }),
      /namespace "shop"/,
    ],
    ['an object twice', good, /configmap\/never is already in document 1/],
  ])('is refused and nothing applied: %s', async (_, text, said) => {
    const { status, body } = await apply(`${good}\n---\n${text}`);
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.detail).toMatch(said);
    expect(await own.isThere('configmap/never')).toBe(false);
  });

  it.each(['', '---\n# nothing\n', 'just text', '[]'])('is refused: %j', async (content) => {
    expect(await apply(content)).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  });

  it('names all objects that are refused, and a namespace that is not there', async () => {
    const objects = [
      { ...configMap('x'), dataz: {} },
      { ...configMap('y'), datay: {} },
    ];
    const { body } = await apply(documents(...objects));
    expect(body.detail).toMatch(
      /configmap\/x .*\.dataz.*\nconfigmap\/y .*\.datay.*\nNothing was applied\.$/s,
    );
    const { status, body: missing } = await apply(configMap('x'), { namespace: 'apply-nowhere' });
    expect([status, missing.detail]).toEqual([
      404,
      expect.stringContaining('"apply-nowhere" does not exist'),
    ]);
  });
});

describe('hostile text', () => {
  it.each([
    'n --all',
    '-A',
    '../x',
    'x'.repeat(300),
    'naïve',
    '🙂',
    '\u0000',
    '!!js/function "x"',
    '&a [*a]',
  ])('is refused: %j', async (content) => {
    const { status, body } = await apply(content);
    expect([status, body.code]).toEqual([422, 'invalid_input']);
  });

  it.each(['n --all', '-A', '../x', 'x'.repeat(300), 'naïve'])(
    'is refused as a namespace: %j',
    async (namespace) => {
      const { status, body } = await apply(configMap('x'), { namespace });
      expect([status, body.errors?.[0]?.field]).toEqual([422, 'namespace']);
    },
  );
});
