import { describe, expect, it } from 'vitest';
import { readDocuments } from './yaml-documents.js';

const read = (text: string) => readDocuments('content', text, new AbortController().signal);

describe(readDocuments.name, () => {
  it('reads several documents and leaves out the empty ones', async () => {
    expect(await read('# none\n---\n---\na: 1\n---\n# none\n---\n{"b": 2}\n...\n')).toEqual([
      { line: 4, value: { a: 1 } },
      { line: 8, value: { b: 2 } },
    ]);
  });

  it('reads values as kubectl does', async () => {
    const text = 'mode: 0644\nyes: no\nday: 2026-11-23\ntime: 10:30:20\n5: five\n<<: {merged: 1}';
    const [document] = await read(text);
    expect(document?.value).toEqual({
      mode: 0o644,
      yes: false,
      day: '2026-11-23',
      time: '10:30:20',
      5: 'five',
      merged: 1,
    });
  });

  it.each([
    ['a: b\n  c: d', 'line 1, column 4'],
    ['a: [1, 2\nb: 3', 'line 2, column 1'],
    ['a: 1\nb: 2\na: 3', 'line 3, column 1'],
    ['a:\n\tb: 1', 'line 2, column 1'],
    ['x: 1\n---\na: "hunter2', 'line 3, column'],
    ['a: *hunter2', 'line 1'],
    ['a: !hunter2 x', 'line 1, column 4'],
    ['['.repeat(1_000_000), 'line 1, column 1001: is nested too deeply'],
    ['a: .inf', 'has at a a number'],
    ['a: [12345678901234567890]', 'has at a.0 a whole number'],
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
    [
      'a bomb of aliases',
      'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    ],
    ['large text, many times', `a: &a ${'x'.repeat(100_000)}\nb: [${Array(50).fill('*a').join()}]`],
  ])('refuses %s', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('takes many keys and many documents in time', async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n');
    const startedAt = performance.now();
    expect(await read(keys)).toHaveLength(1);
    expect(await read('a: 1\n---\n'.repeat(20_000))).toHaveLength(20_000);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });
});
