import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Finding } from './finding.js';
import { findingsText } from './findings-text.js';

const FINDINGS: Finding[] = [
  { area: 'Server', name: 'address', state: 'ok', says: '127.0.0.1:8081' },
  { area: 'Server', name: 'keys', state: 'note', says: 'one ended' },
  {
    area: 'Programs',
    name: 'helm',
    state: 'failed',
    says: 'not\u001b[2J\nthere',
    todo: 'Install.',
  },
];

/** What Node asks beside TERM, some of which a CI sets. */
const COLOUR_VARIABLES = [
  'CI',
  'COLORTERM',
  'FORCE_COLOR',
  'NODE_DISABLE_COLORS',
  'NO_COLOR',
  'TMUX',
];

/** A stream that is a terminal, which asks the environment for its colours as a real one does. */
const terminal = Object.assign(Object.create(WriteStream.prototype) as WriteStream, {
  isTTY: true as const,
});

const file = new PassThrough() as unknown as NodeJS.WriteStream;

afterEach(() => vi.unstubAllEnvs());

describe(findingsText.name, () => {
  it('has a block for each area, what to do below what is wrong, and a summary', () => {
    expect(findingsText(FINDINGS, file)).toBe(
      [
        'Server',
        '  ✓ address  127.0.0.1:8081',
        '  – keys     one ended',
        '',
        'Programs',
        '  ✗ helm     not there',
        '             → Install.',
        '',
        '1 of 3 checks failed, 1 worth knowing.',
        '',
      ].join('\n'),
    );
  });

  it('has colours on a terminal, unless NO_COLOR is set', () => {
    for (const name of COLOUR_VARIABLES) vi.stubEnv(name, undefined);
    vi.stubEnv('TERM', 'xterm-256color');
    expect(findingsText(FINDINGS, terminal)).toContain('\u001b[31m✗\u001b[39m helm');
    vi.stubEnv('NO_COLOR', '1');
    expect(findingsText(FINDINGS, terminal)).not.toContain('\u001b');
  });
});
