import { describe, expect, it } from 'vitest';
import { cutOutput } from './cut-output.js';

const READ_ON = (next: number) => `Read on from ${next}.`;

describe(cutOutput, () => {
  it('leaves what is short enough', () => {
    expect(cutOutput('short', 5, READ_ON)).toBe('short');
  });

  it('cuts at a line end, and says what is left and how to read on, all within the limit', () => {
    const text = 'a line of text\n'.repeat(100);
    const shown = cutOutput(text, 300, READ_ON);
    const [, piece = '', note] = /^(.*)\n(\[.*)$/s.exec(shown) ?? [];
    expect(shown.length).toBeLessThanOrEqual(300);
    expect(piece).toBe('a line of text\n'.repeat(13).trimEnd());
    expect(note).toBe(
      '[The output was cut after 195 of 1500 characters; 87 lines are left. Read on from 195.]',
    );
    expect(`${piece}\n${text.slice(195)}`).toBe(text);
  });

  it.each([100, 101, 250, 1_000, 32_000])('is never longer than %d characters', (maxChars) => {
    for (const text of ['x'.repeat(40_000), 'word \n'.repeat(10_000), '😀'.repeat(20_000)]) {
      const shown = cutOutput(text, maxChars, READ_ON);
      expect(shown.length).toBeLessThanOrEqual(maxChars);
      expect(shown.isWellFormed()).toBe(true);
    }
  });

  it('cuts in a line where that is all there is', () => {
    expect(cutOutput('x'.repeat(300), 200, READ_ON)).toMatch(
      /^x+\n\[.* 1 line is left\. Read on from \d+\.\]$/,
    );
  });
});
