import { describe, expect, it } from 'vitest';
import { withoutKlog } from './klog.js';

const HEADER = 'E1123 14:08:22.514255   28950 request.go:1198]';

describe(withoutKlog.name, () => {
  it.each([
    ['an entry', `first\n${HEADER} "Unexpected error" err="context canceled"\nlast`],
    ['one at the end', `first\nlast${`\n${HEADER} "Unhandled Error" err="no"`.repeat(2)}`],
    ['one of several lines', `first\n${HEADER} "Failed" err=<\n\tone\n\ttwo\n >\nlast`],
  ])('leaves out %s', (_what, stderr) => {
    expect(withoutKlog(stderr).trim()).toBe('first\nlast');
  });

  it('keeps what only looks like it', () => {
    const stderr = 'E1123 is a room\nError: W1123 14:08:22 is a time\nlevel=WARN msg="old"\n';
    expect(withoutKlog(stderr)).toBe(stderr);
  });

  it("keeps the API server's warnings", () => {
    const warning = String.raw`"Warning: env[1]: hides previous definition of \"A\""`;
    const stderr = `I1123 14:24:56.561374    8418 warnings.go:110] ${warning}\nlast`;
    expect(withoutKlog(stderr)).toBe('Warning: env[1]: hides previous definition of "A"\nlast');
  });
});
