import { describe, expect, it } from 'vitest';
import { KeptLines, type KeptLinesOptions } from './kept-lines.js';

const ALL = { maxLines: Infinity, maxChars: 1_000, fold: true, isSparse: false, prefix: '' };

function kept(lines: Iterable<string>, options: Partial<KeptLinesOptions> = {}): KeptLines {
  const some = new KeptLines({ ...ALL, ...options });
  for (const line of lines) some.add(line);
  return some;
}
const textOf = (lines: Iterable<string>, options: Partial<KeptLinesOptions> = {}) =>
  kept(lines, options).text(options.maxChars ?? ALL.maxChars);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

describe(KeptLines, () => {
  it('keeps all lines where there is room', () => {
    expect(textOf(['a', '', 'b', 'b', 'b'])).toBe('a\n\nb\nb\nb');
    expect(kept([]).isEmpty).toBe(true);
  });

  it('shows more than three equal lines as one with a count', () => {
    const lines = ['a', ...Array<string>(4).fill('b'), 'a', ...Array<string>(1_000).fill('')];
    expect(textOf(lines)).toBe('a\nb\n(repeated 3 more times)\na\n\n(repeated 999 more times)');
    expect(textOf(lines.slice(0, 6), { fold: false })).toBe('a\nb\nb\nb\nb\na');
    const long = Array<string>(10_000).fill('the same');
    expect(textOf([...long, 'end'], { maxChars: 200 })).toBe(
      'the same\n(repeated 9999 more times)\nend',
    );
  });

  it('leaves the times before equal lines out of account, and tells the last', () => {
    const at = (second: number, text: string) => `2026-01-01T00:00:0${second}.5Z ${text}`;
    const lines = [1, 2, 3, 4, 5].map((second) => at(second, 'tick'));
    expect(textOf([...lines, at(6, 'tock')])).toBe(
      `${at(1, 'tick')}\n(repeated 4 more times, until 2026-01-01T00:00:05.5Z)\n${at(6, 'tock')}`,
    );
    expect(textOf(lines.slice(0, 3))).toBe(lines.slice(0, 3).join('\n'));
  });

  it('keeps the head and the tail, and says how many lines are left out in between', () => {
    const text = textOf(numbered(10_000), { prefix: '> ' });
    const lines = text.split('\n');
    expect(text.length).toBeLessThanOrEqual(1_000);
    expect(text.length).toBeGreaterThan(900);
    expect([lines[0], lines.at(-1)]).toEqual(['> line 0', '> line 9999']);
    const at = lines.findIndex((line) => line.includes('left out'));
    const [, hidden, fit] = /\[(\d+) lines left .* num_lines=(\d+) gives/.exec(lines[at]!) ?? [];
    expect(Number(hidden)).toBe(10_000 - (lines.length - 1));
    expect(lines[at + 1]).toBe(`> line ${10_000 - (lines.length - 1 - at)}`);
    const last = textOf(numbered(10_000).slice(-Number(fit)), { prefix: '> ' });
    expect(last.split('\n')).toHaveLength(Number(fit));
    expect(last).not.toContain('left out');
  });

  it('counts the last lines before they are folded', () => {
    const lines = [...Array<string>(9).fill('a'), 'b', ...Array<string>(5).fill('c')];
    expect(textOf(lines, { maxLines: 7 })).toBe('a\nb\nc\n(repeated 4 more times)');
    expect(textOf(lines, { maxLines: 2 })).toBe('c\nc');
    expect(textOf(lines, { maxLines: 0 })).toBe('');
  });

  it('says what is left out of the last lines', () => {
    const text = textOf(numbered(1_000), { maxLines: 200 });
    expect(text).toMatch(/^line 800\n/);
    expect(text).toMatch(/\nline 999$/);
    const shown = text.split('\n').filter((line) => line.startsWith('line'));
    expect(text).toContain(`[${200 - shown.length} lines left out here.`);
    const more = textOf(numbered(100_000), { maxLines: 50_000 });
    expect(more).toMatch(/^\[\d+ lines left out here.*\nline 99\d\d\d\n/);
    const hidden = Number(/\d+/.exec(more)?.[0]);
    expect(hidden + more.split('\n').length - 1).toBe(50_000);
  });

  it('shortens a line that takes too much room', () => {
    const text = textOf([`${'x'.repeat(5_000)}...[700 more characters]`, 'end']);
    expect(text).toMatch(/^x{459}\.\.\.\[5241 more characters\]\nend$/);
  });

  it('goes on with the last lines when the log is too long to be read', () => {
    const some = kept(numbered(500));
    expect(some.isFull).toBe(true);
    some.breakOff();
    some.add('the end');
    expect(some.text(1_000)).toMatch(
      /^line 0\n[^]*\n\[More than \d+ lines left out here\..*\nthe end$/,
    );
  });
});
