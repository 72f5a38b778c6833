import { describe, expect, it } from 'vitest';
import { readDocuments } from './yaml-documents.js';

const read = (text: string, lastKeyCounts = false) =>
  readDocuments('content', text, new AbortController().signal, { lastKeyCounts });
const valueOf = async (text: string) => (await read(text))[0]?.value;

/** Long enough to be read in a worker. */
const PADDING = `# ${'x'.repeat(100_000)}\n`;

describe(readDocuments, () => {
  it.each(['', PADDING])('reads several documents and leaves out the empty ones', async (start) => {
    const text = `${start}# none\n---\n---\na: 1\n---\n# none\n---\n{"b": 2}\n...\n---\nc: 3\n`;
    const first = start === '' ? 4 : 5;
    expect(await read(text)).toEqual([
      { line: first, value: { a: 1 } },
      { line: first + 4, value: { b: 2 } },
      { line: first + 7, value: { c: 3 } },
    ]);
  });

  it.each(['', PADDING])('keeps whole numbers beyond 2^53', async (start) => {
    const text = `${start}a: 9007199254740993\nb: [-9223372036854775808, 18446744073709551615]`;
    expect(await valueOf(text)).toEqual({
      a: 9007199254740993n,
      b: [-9223372036854775808n, 18446744073709551615n],
    });
  });

  it('reads lines in quotes and brackets however they are indented', async () => {
    const text = 'a:\n  b.json: \'{\n    "c": 1\n  }\'\n  d: {\n  e: [\n1,\n2\n]\n}\n';
    expect(await valueOf(text)).toEqual({ a: { 'b.json': '{ "c": 1 }', d: { e: [1, 2] } } });
  });

  it('reads what begins with a brace as JSON where it is', async () => {
    const text = '{\n\t"a":"\\ud83d\\ude00\\/\u2028",\n\t"b":yes}';
    expect(await valueOf(text.replace('yes', '"yes"'))).toEqual({ a: '😀/\u2028', b: 'yes' });
    await expect(read(text)).rejects.toThrow('half a character');
  });

  it('reads a key of any name', async () => {
    const value = (await valueOf('__proto__: 1\nconstructor: 2')) as object;
    expect(Object.entries(value)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  it.each([
    ['a: 1\nb: 2\na: 3', 'line 3, column 1: the key is repeated here, and first in line 1'],
    ['x:\n  1: hunter2\n  "1": hunter2', 'line 3, column 3'],
    ['{"a": 1,\n"b": {"c": "hunter2",\n"c": 1}}', 'line 3, column 1'],
    [`${PADDING}a: 1\n---\nb: 1\nb: 2`, 'line 5, column 1'],
  ])('refuses a key that stands twice, with both lines: %#', async (text, place) => {
    await expect(read(text)).rejects.toThrow(place);
    await expect(read(text)).rejects.not.toThrow('hunter2');
  });

  it.each(['a: 1\na: 2', '{"a": 1, "a": 2}', 'a: 1\n"a": 2', `${PADDING}a: 1\na: 2`])(
    'takes the last of two keys where the reader is helm: %#',
    async (text) => {
      expect((await read(text, true))[0]?.value).toEqual({ a: 2 });
    },
  );

  it.each([
    ['a: b\n  c: d', 'line 2, column 4'],
    ['a: [1, 2\nb: 3', 'line 2, column 2'],
    ['a:\n\tb: 1', 'line 2, column 1'],
    ['x: 1\n---\na: "hunter2', 'line 3, column 4'],
    ['a: *hunter2', 'line 1, column 4'],
    ['a: !!int hunter2', 'line 1, column 10'],
    ['a: |\n hunter2\n\tb', 'line 3'],
    ['a: 1\nhunter2\nb: 2', 'line 2, column 1: expected a colon'],
    ['a: @hunter2', 'line 1, column 4'],
    ['a: "\\hunter2"', 'line 1, column 5'],
    ['a: .inf', 'line 1, column 4: JSON has no such number'],
    ['a: \u001bhunter2', 'the character U+001B'],
    ['a: 1\n\u00a0hunter2\nb: 2', 'no-break space'],
    ['? [a]\n: b', 'line 1, column 3: a key cannot be a list'],
    ['%YAML 1.2\n---\na: 1', 'line 1, column 1'],
    ['['.repeat(1_000_000), 'line 1, column 201: is nested too deeply'],
  ])('refuses %.20j, says where, and quotes nothing', async (text, place) => {
    const failure = (await read(text).catch((error: unknown) => error)) as Error;
    expect(failure).toMatchObject({ code: 'invalid_input', errors: [{ field: 'content' }] });
    expect(failure.message).toContain(place);
    expect(failure.message).not.toContain('hunter2');
  });

  it.each([
    ['nested lists', '['.repeat(20_000)],
    ['nested maps', '{"a":'.repeat(20_000)],
    ['nested items', '- '.repeat(20_000)],
    ['nested marked keys', '? '.repeat(20_000)],
    [
      'a bomb of aliases',
      'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    ],
    [
      'a bomb of merges',
      Array.from(
        { length: 40 },
        (_, i) => `a${i}: &a${i} {b: ${i ? `[*a${i - 1}, *a${i - 1}]` : 1}}`,
      ).join('\n'),
    ],
    ['large text, many times', `a: &a ${'x'.repeat(100_000)}\nb: [${Array(50).fill('*a').join()}]`],
    ['more values than an object may have', `a: [${'1,'.repeat(150_000)}1]`],
    ['more than an API server takes', `a: ${'x'.repeat(3_200_000)}`],
  ])('refuses %s', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('counts the items of a list of objects one by one', async () => {
    const item = { metadata: { name: 'a' }, data: { text: 'x'.repeat(1_500_000) } };
    const list = { kind: 'List', items: [item, item, item] };
    expect(await valueOf(JSON.stringify(list))).toEqual(list);
  });

  it('reads an alias again where it stands, and merges in the order of the lines', async () => {
    const text = 'a: &a {b: 1, c: [2]}\nd: {c: 3, <<: *a}\ne: {<<: *a, c: 4}\nf: *a';
    expect(await valueOf(text)).toMatchObject({
      d: { b: 1, c: [2] },
      e: { b: 1, c: 4 },
      f: { b: 1, c: [2] },
    });
  });

  it('takes many keys and many documents', async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(await read(keys)).toHaveLength(1);
    expect(await read('a: 1\n---\n'.repeat(20_000))).toHaveLength(20_000);
  });
});
