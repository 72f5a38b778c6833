import { describe, expect, it } from 'vitest';
import { indexEntries } from './index-entries.js';

const DIGEST = 'a'.repeat(64);

const INDEX = `apiVersion: v1
entries:
  other:
  - name: other
    version: 9.0.0
    urls: [other.tgz]
  web:
  - apiVersion: v2
    description: |
      Looks like the next:
        zzz:
    name: web
    version: 1.10
    digest: sha256:${DIGEST}
    urls:
    - https://a.io/web-1.10.tgz
    - https://b.io/web-1.10.tgz
  # The last.
  - {version: "1.2.0", urls: [web-1.2.0.tgz], digest: broken}
  - {version: "1.1.0"}
  web-more:
  - version: 3.0.0
    urls: [more.tgz]
generated: "2026-01-01T00:00:00Z"
`;

const WEB = [
  {
    apiVersion: 'v2',
    name: 'web',
    version: '1.10',
    urls: ['https://a.io/web-1.10.tgz'],
    digest: DIGEST,
  },
  { apiVersion: 'v1', name: 'web', version: '1.2.0', urls: ['web-1.2.0.tgz'] },
];

describe(indexEntries, () => {
  it.each([
    ['as helm writes it', INDEX],
    ['with other line ends', INDEX.replaceAll('\n', '\r\n')],
    ['with quoted names', INDEX.replace(/^ {2}web:/m, '  "web":')],
    ['with deeper lists', INDEX.replace(/^ {2}( *- (?:apiVersion|\{))/gm, '  $1')],
    ['with the entries at the end', INDEX.replace(/^generated.*\n/m, '')],
    [
      'with values that stand elsewhere',
      INDEX.replace('[other.tgz]', '&u [web-1.2.0.tgz]').replace(
        '[web-1.2.0.tgz], digest',
        '*u, digest',
      ),
    ],
  ])('reads an index %s', (_, text) => {
    expect(indexEntries(text, 'web')).toEqual(WEB);
  });

  it('reads an index in JSON', () => {
    const text = JSON.stringify({ entries: { web: WEB, toString: 1 } });
    expect(indexEntries(text, 'web')).toEqual(WEB);
    expect(indexEntries(text, 'toString')).toEqual([]);
    expect(indexEntries(text, 'constructor')).toEqual([]);
  });

  it.each(['we', 'web-mor', 'zzz', 'entries', '__proto__'])('has no chart %s', (chart) => {
    expect(indexEntries(INDEX, chart)).toEqual([]);
  });

  it('reads no more of an index than a server can bear', () => {
    const version = { version: '1.0.0', urls: ['a.tgz'] };
    const many = Array.from({ length: 6_000 }, () => version);
    expect(
      indexEntries(
        JSON.stringify({ entries: { web: [{ ...version, version: '9'.repeat(3_000) }, ...many] } }),
        'web',
      ),
    ).toHaveLength(4_999);
  });

  it('refuses what is neither', () => {
    expect(() => indexEntries('entries: [', 'web')).toThrow();
    expect(() => indexEntries('{"entries"', 'web')).toThrow();
  });
});
