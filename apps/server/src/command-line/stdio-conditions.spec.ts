import { describe, expect, it } from 'vitest';
import { stdioConditions } from './stdio-conditions.js';

const conditions = (...argv: string[]) => stdioConditions(['--stdio', ...argv]);

describe(stdioConditions.name, () => {
  it('gives nothing for a server over HTTP', () => {
    expect(stdioConditions([])).toBeUndefined();
  });

  it.each([['--read-only'], ['--tools=k8s_get'], ['--categories']])(
    'refuses %s without --stdio',
    (option) => {
      expect(() => stdioConditions([option])).toThrow(`${option} needs --stdio. Over HTTP,`);
    },
  );

  it.each([
    ['--stdoi', 'There is no option "--stdoi". Nearest: --stdio.'],
    ['--other', 'There is no option "--other". skyflo-mcp --help lists them.'],
  ])('refuses %s, which would else start a server over HTTP', (option, message) => {
    expect(() => stdioConditions([option])).toThrow(message);
  });

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
    ['--verbose', 'There is no option "--verbose".'],
    ['k8s', 'There is no option "k8s".'],
    ['--tools', '--tools needs a list of names, such as --tools=NAME,NAME.'],
  ])('refuses %s', (word, message) => {
    expect(() => conditions(word)).toThrow(message);
  });
});
