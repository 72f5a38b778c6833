import { describe, expect, it } from 'vitest';
import { lastDeployed } from './release-recovery.js';
import type { ReleaseSummary } from './release.js';

const revisions = (...lines: (readonly [status: string, description: string])[]) =>
  lines.map(([status, description], index) => ({
    revision: index + 1,
    status,
    description,
  })) as ReleaseSummary[];

const INSTALLED = ['superseded', 'Install complete'] as const;
const FAILED_ROLLBACK = ['failed', 'Rollback "x" failed: no'] as const;

describe(lastDeployed, () => {
  it.each([
    ['one that is deployed', [['deployed', 'words of the user']], 1],
    ['none of a first installation that failed', [['failed', 'Release "x" failed: no']], undefined],
    ['one before a failed upgrade', [INSTALLED, ['failed', 'Upgrade "x" failed: no']], 1],
    [
      'one before a failed upgrade that is marked as superseded',
      [INSTALLED, ['superseded', 'Upgrade "x" failed: no'], FAILED_ROLLBACK],
      1,
    ],
    [
      'one before a failure of many lines',
      [INSTALLED, ['superseded', 'Upgrade "x" failed: a\nb'], FAILED_ROLLBACK],
      1,
    ],
    [
      'a rollback that went well',
      [INSTALLED, ['superseded', 'Rollback to 1'], ['failed', 'Upgrade "x" failed: no']],
      2,
    ],
    [
      'one before a rollback that was broken off',
      [INSTALLED, ['superseded', 'Rollback to 1'], FAILED_ROLLBACK],
      1,
    ],
    [
      'an upgrade that went well before a failed rollback',
      [INSTALLED, ['superseded', 'Upgrade complete'], FAILED_ROLLBACK],
      2,
    ],
    [
      'one with words of the user',
      [
        ['superseded', 'for the summer'],
        ['failed', 'Upgrade "x" failed: no'],
      ],
      1,
    ],
    [
      'none that was broken off',
      [
        ['superseded', 'Preparing upgrade'],
        ['superseded', 'Initial install underway'],
      ],
      undefined,
    ],
    [
      'none that was uninstalled',
      [
        ['uninstalled', 'Uninstallation complete'],
        ['superseded', 'Uninstallation complete'],
      ],
      undefined,
    ],
  ] as const)('finds %s', (_, lines, expected) => {
    expect(lastDeployed(revisions(...lines))).toBe(expected);
  });
});
