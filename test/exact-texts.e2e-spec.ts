import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { definition } from './support/custom-resource.js';
import { kubectl } from './support/kubectl.js';
import { configMap, createObjects } from './support/manifest.js';
import { useApply } from './support/use-apply.js';

const KIND = { group: 'texts.test', kind: 'Letter', plural: 'letters' };
const DEFINITION = 'crd/letters.texts.test';

const MARKS = [
  0xad, 0x200b, 0x200e, 0x2027, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0xd7ff, 0xe000, 0xfeff,
  0xfffc, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x1f600, 0x1fffe, 0x10ffff,
];

/**
 * All controls, what some take for line ends or blanks, marks without a width, and the ends of each
 * plane's use.
 */
const CODES = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from('"\'\\/<>&#:%@`{}[]|*!?~', (character) => character.charCodeAt(0)),
  ...Array.from({ length: 0x22 }, (_, index) => 0x7f + index),
  ...MARKS,
];

/**
 * Each character alone, between words, at line ends, at both ends, and in a line that is folded
 * when it is printed.
 */
const TEXTS = Object.fromEntries(
  CODES.flatMap((code) => {
    const character = String.fromCodePoint(code);
    const words = 'word '.repeat(20);
    return Object.entries({
      alone: character,
      between: `x ${character} y`,
      lines: `a${character}\n${character}b ${character}${character}\n`,
      ends: `${character}a b${character}`,
      folded: `${words}${character} ${words}${character}`,
    }).map(([where, text]) => [`u${code.toString(16).padStart(6, '0')}-${where}`, text]);
  }),
);

const ODD_TEXTS = {
  blanks: '  before, after  ',
  tabs: '\t\tbefore,\tafter\t',
  'line-ends': '\n\na\r\nb\rc\n\n\n',
  'json-in-it': '{"a": "\\u2028"}',
  'escape-like': String.raw`\u2028 \\u0085 \x41 \N \L`,
  'document-like': '---\na: b\n...\n',
  'comment-like': 'a #b\n# c\n',
  'long-line': 'x'.repeat(300_000),
  'long-words': 'word \u2028 '.repeat(20_000),
  empty: '',
};

// The objects are read whole.
const env = () => ({ MAX_OUTPUT_CHARS: '1000000' });
const { own, server, apply } = useApply('exact-texts', env);
const dataOf = async (name: string) => (await own.read(`configmap/${name}`)).data;
const applied = async (content: object, more = {}) => {
  const { status, body } = await apply(content, more);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.result ?? '';
};

beforeAll(async () => {
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await createObjects(definition(KIND, [{ name: 'v1', schema }]));
  await kubectl('wait', DEFINITION, '--for=condition=Established');
});
afterAll(() => kubectl('delete', DEFINITION, '--ignore-not-found'));

describe('k8s_apply', () => {
  it('stores every character of a text as it is given', async () => {
    const text = await applied(configMap('every', TEXTS));
    expect(text).toContain('configmap/every created');
    expect(await dataOf('every')).toEqual(TEXTS);
    expect(await applied(configMap('every', TEXTS))).toMatch(/^configmap\/every unchanged$/m);
  });

  it('changes texts to others that only YAML takes for the same', async () => {
    await applied(configMap('changed', { a: 'x y', b: 'x\ny', c: 'a' }));
    const next = { a: 'x \u0085 y', b: 'x\u2028y', c: 'a ' };
    const shown = await applied(configMap('changed', next), { dry_run: true });
    expect(shown).toContain(String.raw`+  a: "x \N y"`);
    expect(shown).toContain(String.raw`+  b: "x\Ly"`);
    expect(await dataOf('changed')).toEqual({ a: 'x y', b: 'x\ny', c: 'a' });
    await applied(configMap('changed', next));
    expect(await dataOf('changed')).toEqual(next);
  });

  it('stores blanks, line ends, and texts that look like something else', async () => {
    await applied(configMap('odd', ODD_TEXTS));
    expect(await dataOf('odd')).toEqual(ODD_TEXTS);
  });

  it('reads escapes of YAML', async () => {
    const text = String.raw`{a: "\x85 \u2028 \L\P\N\_ \U0001f600", b: '\u2028'}`;
    const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: escapes}\n';
    const { status } = await apply(`${head}data: ${text}\n`);
    expect(status).toBe(200);
    expect(await dataOf('escapes')).toEqual({
      a: '\u0085 \u2028 \u2028\u2029\u0085\u00a0 😀',
      b: String.raw`\u2028`,
    });
  });

  it('stores annotations and binary data beside them', async () => {
    const annotations = { 'a.test/note': 'x \u2028 \u0085 \u007f y', 'a.test/tab': '\t' };
    const object = configMap('annotated', { a: '\u0085' }, { annotations });
    await applied({ ...object, binaryData: { b: '//4=' } });
    const { metadata, data } = await own.read('configmap/annotated');
    expect(metadata.annotations).toEqual(annotations);
    expect(data).toEqual({ a: '\u0085' });
    expect(await own.stored('configmap/annotated', '{.binaryData}')).toBe('{"b":"//4="}');
  });

  it('stores keys of any length and kind in a custom resource', async () => {
    const keys = Object.values(TEXTS).concat(
      ['k'.repeat(1_023), 'k'.repeat(1_024), 'é'.repeat(5_000), 'a\u2028'.repeat(200)],
      ['<<', 'null', 'yes', '1.10', '010', '- x', 'a: b', '#', '', '? ', '{', '__proto__'],
    );
    const spec = Object.fromEntries(keys.map((key, index) => [key, { index }]));
    const object = {
      apiVersion: 'texts.test/v1',
      kind: 'Letter',
      metadata: { name: 'keys' },
      spec,
    };
    await vi.waitFor(() => applied(object), 30_000);
    expect((await own.read('letter/keys')).spec).toEqual(spec);
  });

  it.each([
    ['in a value', { a: 'x \ud800 y' }],
    ['in a key', { 'a\udfff': '' }],
  ])('refuses half of a surrogate pair %s, escaped and as it is', async (_, data) => {
    const escaped = JSON.stringify({ ...configMap('half'), data });
    const asItIs = escaped.replace(/\\u(d[\da-f]+)/, (_escape, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    for (const content of [escaped, asItIs]) {
      const { status, body } = await apply(content);
      expect([status, body.code]).toEqual([422, 'invalid_input']);
      expect(body.detail).toMatch(/half of a surrogate pair/);
    }
    expect(await own.isThere('configmap/half')).toBe(false);
  });
});

describe('k8s_patch', () => {
  beforeAll(() => createObjects(configMap('patched', {}, { namespace: own.name })));

  it.each([
    ['merge', { data: TEXTS }],
    ['strategic', { data: { ...TEXTS, more: ' ' } }],
    ['json', [{ op: 'replace', path: '/data', value: { ...TEXTS, ...ODD_TEXTS } }]],
  ])('stores every character: %s', async (patch_type, patch) => {
    const args = { resource_type: 'configmap', name: 'patched', patch_type };
    await server.textOf('k8s_patch', { ...args, patch: JSON.stringify(patch) });
    const data = Array.isArray(patch) ? patch[0]?.value : (patch as { data: object }).data;
    expect(await dataOf('patched')).toEqual(data);
  });

  it('refuses half of a surrogate pair, which the API server would make into another character', async () => {
    const args = { resource_type: 'configmap', name: 'patched', patch_type: 'merge' };
    const patch = String.raw`{"data":{"half":"\ud800"}}`;
    const { body } = await server.call('k8s_patch', { ...args, patch });
    expect(body).toMatchObject({
      code: 'invalid_input',
      detail: expect.stringMatching(/surrogate/),
    });
  });
});

describe('k8s_get', () => {
  const args = { resource_type: 'configmap', name: 'every' };

  it('shows YAML that is read as what is stored', async () => {
    const text = await server.textOf('k8s_get', { ...args, output: 'yaml' });
    const { status } = await apply(text.replace('name: every', 'name: again'));
    expect(status).toBe(200);
    expect(await dataOf('again')).toEqual(TEXTS);
  });

  it('shows JSON that is read as what is stored, over REST and MCP', async () => {
    const json = { ...args, output: 'json' };
    for (const text of [
      await server.textOf('k8s_get', json),
      await server.textOverMcp('k8s_get', json),
    ]) {
      expect((JSON.parse(text) as { data: object }).data).toEqual(TEXTS);
    }
  });
});
