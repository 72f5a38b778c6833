import { describe, expect, it } from 'vitest';
import { stdioOptions } from './stdio-options.js';

const conditions = (...argv: string[]) => stdioOptions(['--stdio', ...argv])?.conditions;

describe(stdioOptions.name, () => {
  it('gives nothing for a server over HTTP', () => {
    expect(stdioOptions([])).toBeUndefined();
    expect(stdioOptions(['--other'])).toBeUndefined();
  });

  it.each([['--read-only'], ['--tools=k8s_get'], ['--categories']])(
    'refuses %s without --stdio',
    (option) => {
      expect(() => stdioOptions([option])).toThrow(`${option} needs --stdio. Over HTTP,`);
    },
  );

  it('reads conditions in both forms, and lists in parts', () => {
    expect(conditions()).toEqual([]);
    expect(
      conditions('--tools', 'k8s_get,k8s_logs', '--categories=k8s', '--read-only', '--tools=x'),
    ).toEqual([
      {
        name: 'tools',
        text: '--tools=k8s_get,k8s_logs,x',
        entries: ['k8s_get', 'k8s_logs', 'x'],
      },
      { name: 'categories', text: '--categories=k8s', entries: ['k8s'] },
      { name: 'read_only', text: '--read-only=true', entries: ['true'] },
    ]);
    expect(conditions('--read-only=false')).toMatchObject([{ entries: ['false'] }]);
    expect(conditions('--tools=', '--categories', '')).toEqual([]);
  });

  it.each([
    ['--readonly', 'There is no option "--readonly". Nearest: --read-only.'],
    ['--verbose', 'There is no option "--verbose". With --stdio there are --categories,'],
    ['k8s', 'There is no option "k8s".'],
    ['--tools', '--tools needs a list of names, such as --tools=NAME,NAME.'],
  ])('refuses %s', (word, message) => {
    expect(() => conditions(word)).toThrow(message);
  });
});
