import { describe, expect, it } from 'vitest';
import { cleanText, helmFailure, withoutCredentials } from './helm-failure.js';

describe(helmFailure.name, () => {
  it.each([
    ['Error: INSTALLATION FAILED: cannot re-use a name that is still in use', 'conflict'],
    ['Error: release name check failed: cannot reuse a name that is still in use', 'conflict'],
    [
      'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress',
      'conflict',
    ],
    ['Error: UPGRADE FAILED: "web" has no deployed releases', 'not_found'],
    ['Error: context deadline exceeded', 'timeout'],
    ['Error: Kubernetes cluster unreachable: connection refused', 'unavailable'],
    [`Error: values don't meet the specifications of the schema(s)`, 'invalid_input'],
    ['Error: something else', 'failed'],
  ])('tells from %j that it is %s', (stderr, code) => {
    const { code: found, message } = helmFailure(stderr, 1, '/home/x', '');
    expect(found).toBe(code);
    expect(message).not.toMatch(/Error:|FAILED/);
  });

  it('leaves out what the log of helm 4 says twice', () => {
    const stderr = 'level=WARN msg="upgrade failed" error="no"\nError: UPGRADE FAILED: no\n';
    expect(helmFailure(stderr, 1, '/home/x', 'half').message).toBe('no');
    expect(helmFailure('level=ERROR msg=alone', 1, '/home/x', '').message).toContain('alone');
  });
});

describe('what helm says at any length', () => {
  it.each([
    'a',
    'a://',
    'a://b?',
    'a:',
    'chart "" version ',
    'repo ',
    'kind:&',
    '\t',
    ' ',
    'E1123 ',
  ])('is read in time linear to it: %j again and again', (piece) => {
    const stderr = `Error: no chart name found ${piece.repeat(1_000_000 / piece.length)} the end`;
    const startedAt = performance.now();
    const { code, message } = helmFailure(stderr, 1, '/home/x', '');
    expect([code, message.startsWith('no chart'), message.endsWith('the end')]).toEqual([
      'not_found',
      true,
      true,
    ]);
    expect(message.length).toBeLessThan(60_000);
    withoutCredentials(stderr);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe(cleanText.name, () => {
  it('leaves out the folders and files of the server', () => {
    const warning = 'WARNING: Kubernetes configuration file is group-readable. Location: /k\n';
    expect(cleanText(`${warning}Error: open /home/x/cache/a.yaml: no such file`, '/home/x')).toBe(
      'open cache/a.yaml: no such file',
    );
  });
});

describe(withoutCredentials.name, () => {
  it.each([
    [
      'Get "https://user:p@ss@host/index.yaml": EOF',
      'Get "https://<redacted>@host/index.yaml": EOF',
    ],
    ['https://host/x?token=abc: 404', 'https://host/x?<redacted> 404'],
    ['see https://host/x and a@b', 'see https://host/x and a@b'],
  ])('hides those of %j', (text, shown) => {
    expect(withoutCredentials(text)).toBe(shown);
  });
});
