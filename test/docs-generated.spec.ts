import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

describe('what is generated from the code', () => {
  it('is up to date', async () => {
    const { stderr, exitCode } = await execa('npm', ['run', '-s', 'docs:check'], { reject: false });
    expect([stderr, exitCode]).toEqual(['', 0]);
  }, 60_000);
});
