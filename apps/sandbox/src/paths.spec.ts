import { describe, expect, it } from 'vitest';
import { stateDir, UsageError } from './paths.js';

describe('stateDir', () => {
  it('gives every sandbox a folder of its own', () => {
    expect(stateDir('dev')).toMatch(/\/skyflo-mcp\/sandbox\/dev$/);
  });

  it.each(['', '..', '.locks', '../x', 'A', 'a/b', '-a', 'a-', 'a b', 'a'.repeat(41)])(
    'refuses the name "%s"',
    (name) => {
      expect(() => stateDir(name)).toThrow(UsageError);
    },
  );
});
