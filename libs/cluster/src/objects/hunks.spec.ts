import { describe, expect, it } from 'vitest';
import { shareHunks, type ShownHunks } from './hunks.js';

const WAY = 'Look at it.';

/** Hunks of one changed line each, 13 characters long with their head. */
const hunks = (count: number) =>
  Array.from({ length: count }, (_, index) => ['@@ 1 @@', `-a ${index % 10}`]).flat();

const shown = (title: string, count: number): ShownHunks => ({
  title,
  lines: hunks(count),
  wayOn: `Get ${title}.`,
});

describe(shareHunks.name, () => {
  it('shows all that fits, with titles where there are any', () => {
    const objects = [shown('one:', 1), shown('', 2), shown('unchanged:', 0)];
    expect(shareHunks(objects, 1_000, WAY)).toEqual([
      'one:\n@@ 1 @@\n-a 0',
      '@@ 1 @@\n-a 0\n@@ 1 @@\n-a 1',
    ]);
  });

  it('cuts an object after 4,000 characters at a line, and counts what else has changed', () => {
    const [text = '', ...more] = shareHunks([shown('one:', 400)], 100_000, WAY);
    expect(more).toEqual([]);
    expect(text.length).toBeLessThanOrEqual(4_000);
    expect(text.length).toBeGreaterThan(3_950);
    const heads = text.match(/^@@ 1 @@\n-a \d$/gm) ?? [];
    expect(text).toBe(
      `one:\n${heads.join('\n')}\n[${400 - heads.length} more changed lines in ${400 - heads.length} hunks. Get one:.]`,
    );
  });

  it('counts a hunk that is cut as one of those that are left', () => {
    const lines = ['@@ 1 @@', ...Array.from({ length: 500 }, (_, at) => `+line number ${at}`)];
    const [text = ''] = shareHunks([{ title: '', lines, wayOn: '' }], 100_000, WAY);
    const count = text.match(/^\+line/gm)?.length ?? 0;
    expect(text).toMatch(new RegExp(`\n\\[${500 - count} more changed lines in 1 hunk\\]$`));
  });

  it('lets the large take what the small leave', () => {
    const objects = [shown('large:', 500), shown('small:', 3), shown('larger:', 600)];
    const texts = shareHunks(objects, 3_000, WAY);
    expect(texts).toHaveLength(4);
    expect(texts[1]).toBe(`small:\n${hunks(3).join('\n')}`);
    expect(texts[0]!.length).toBeGreaterThan(1_300);
    expect(texts[2]!.length).toBeGreaterThan(1_300);
    expect(texts[0]).toMatch(/\n\[\d+ more changed lines in \d+ hunks\]$/);
    expect(texts[3]).toBe('[Look at it.]');
    expect(texts.join('\n\n').length).toBeLessThanOrEqual(3_000);
  });

  it('leaves out and counts what has no room', () => {
    const objects = Array.from({ length: 500 }, (_, index) => shown(`object ${index}:`, 2));
    const texts = shareHunks(objects, 5_000, WAY);
    expect(texts.join('\n\n').length).toBeLessThanOrEqual(5_000);
    expect(texts.length).toBeGreaterThan(100);
    expect(texts[0]).toBe(`object 0:\n${hunks(2).join('\n')}`);
    expect(texts.at(-1)).toBe(
      `[${501 - texts.length} more changed objects: only their lines above. Look at it.]`,
    );
  });

  it('shows nothing but the count where there is no room at all', () => {
    expect(shareHunks([shown('one:', 3)], -1, WAY)).toEqual([
      '[1 more changed object: only its line above. Look at it.]',
    ]);
    expect(shareHunks([shown('same:', 0)], -1, WAY)).toEqual([]);
  });
});
