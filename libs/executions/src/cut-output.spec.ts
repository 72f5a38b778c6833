import { describe, expect, it } from 'vitest';
import { cutOutput } from './cut-output.js';

describe('cutOutput', () => {
  it('leaves what is short enough', () => {
    expect(cutOutput('short', 5, 'Way on.')).toBe('short');
  });

  it('cuts at a line end and says how to get the rest', () => {
    expect(cutOutput('line\n'.repeat(10), 22, 'Way on.')).toBe(
      'line\nline\nline\nline\n[The output was cut after 19 of 50 characters. Way on.]',
    );
  });

  it('cuts in a line where that is all there is, and never in a character', () => {
    expect(cutOutput('x'.repeat(30), 10, '')).toMatch(/^x{10}\n\[/);
    expect(cutOutput('😀'.repeat(30), 9, '')).toMatch(/^(😀){4}\n\[/u);
  });
});
