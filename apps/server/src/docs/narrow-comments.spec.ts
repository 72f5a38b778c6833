import { describe, expect, it } from 'vitest';
import { narrowComments } from './narrow-comments.js';

const WORDS = Array.from({ length: 30 }, (_, index) => `word-${index}`).join(' ');

describe(narrowComments.name, () => {
  it('breaks long comments at spaces, and loses no word', () => {
    for (const comment of [`  /** ${WORDS} */`, `  /**\n   * ${WORDS}\n   */`]) {
      const lines = narrowComments(`${comment}\n  a: string;`).split('\n');
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
      expect(lines.length).toBeGreaterThan(4);
      expect(
        lines
          .slice(1, -2)
          .map((line) => line.replace('   * ', ''))
          .join(' '),
      ).toBe(WORDS);
      expect(lines.at(-1)).toBe('  a: string;');
    }
  });

  it('leaves code and short comments as they are', () => {
    const code = `/** Short. */\nconst text = '${WORDS}';`;
    expect(narrowComments(code)).toBe(code);
  });
});
