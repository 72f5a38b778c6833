import { describe, expect, it } from 'vitest';
import { diffObjects } from './object-diff.js';
import { toYaml } from '../text/yaml.js';

const configMap = (data: Record<string, string>, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'app', ...metadata },
  data,
});

const secret = (data: Record<string, string>) => ({ ...configMap(data), kind: 'Secret' });

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe(diffObjects.name, () => {
  it('shows what changed with what is around it', () => {
    expect(diffObjects(configMap({ a: '1', b: '2' }), configMap({ a: '1', b: '3' }))).toBe(
      [
        '--- live',
        '+++ result',
        '@@ -2,5 +2,5 @@',
        ' data:',
        '   a: "1"',
        '-  b: "2"',
        '+  b: "3"',
        ' kind: ConfigMap',
        ' metadata:',
      ].join('\n'),
    );
  });

  it('shows a new object, and one that is gone, whole', () => {
    expect(diffObjects(undefined, configMap({ a: 'x' }))).toBe(
      '--- live\n+++ result\n@@ -0,0 +1,6 @@\n+apiVersion: v1\n+data:\n+  a: x\n+kind: ConfigMap\n+metadata:\n+  name: app',
    );
    expect(diffObjects(configMap({ a: 'x' }), undefined)).toContain('@@ -1,6 +0,0 @@\n-apiVersion');
  });

  it.each([
    ['status', { status: { ready: true } }],
    ['managedFields', { metadata: { name: 'app', managedFields: [{ manager: 'x' }] } }],
    ['resourceVersion', { metadata: { name: 'app', resourceVersion: '7' } }],
    ['generation', { metadata: { name: 'app', generation: 7 } }],
    [
      'the last-applied annotation',
      {
        metadata: {
          name: 'app',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
        },
      },
    ],
  ])('leaves %s out', (_, more) => {
    expect(diffObjects(configMap({ a: '1' }), { ...configMap({ a: '1' }), ...more })).toBe('');
  });

  it('shows the fields of a status that were asked for, and only those', () => {
    const before = { ...configMap({}), status: { abort: false, phase: 'Paused' } };
    const after = { ...configMap({}), status: { abort: true, phase: 'Degraded' } };
    expect(diffObjects(before, after)).toBe('');
    expect(diffObjects(before, after, ['abort']).split('\n').slice(3)).toEqual([
      '   name: app',
      ' status:',
      '-  abort: false',
      '+  abort: true',
    ]);
  });

  it('shows other annotations', () => {
    const after = configMap({}, { annotations: { note: 'x' } });
    expect(diffObjects(configMap({}), after)).toContain('+  annotations:\n+    note: x');
  });

  it('shows of the values of a Secret only their size, and which have changed', () => {
    const before = secret({ kept: base64('same'), changed: base64('old1'), gone: base64('gone') });
    const after = secret({ kept: base64('same'), changed: base64('new1'), added: base64('add') });
    const diff = diffObjects(before, after);
    expect(diff).toContain('-  changed: <redacted, 4 bytes>');
    expect(diff).toContain('+  changed: <redacted, 4 bytes> (changed)');
    expect(diff).toContain('-  gone: <redacted, 4 bytes>');
    expect(diff).toContain('+  added: <redacted, 3 bytes>');
    expect(diff).toContain('   kept: <redacted, 4 bytes>');
    for (const value of ['same', 'old1', 'new1', 'gone', 'add'].map(base64)) {
      expect(diff).not.toContain(value);
    }
  });

  it('does not change the objects', () => {
    const after = secret({ a: base64('x') });
    diffObjects(undefined, after);
    expect(after).toEqual(secret({ a: base64('x') }));
  });

  it('counts what is too long to be shown', () => {
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`k${index}`, 'v']));
    expect(diffObjects(undefined, configMap(many)).split('\n').at(-1)).toBe('[206 more lines]');
    const more = Object.fromEntries(
      Array.from({ length: 600 }, (_, at) => [`k${at}`, 'v'.repeat(60)]),
    );
    const lines = diffObjects(undefined, configMap(more)).split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([402, '[The rest is left out.]']);
    const long = diffObjects(undefined, configMap({ a: 'x'.repeat(2_000) }));
    expect(long).toMatch(/\+  a: x+\[1006 more characters\]\n/);
  });

  it('gives up early on objects that have nothing in common', () => {
    const all = (value: string) =>
      configMap(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, value])));
    const startedAt = performance.now();
    expect(diffObjects(all('a'), all('b'))).toMatch(
      /\[Too much changed to be compared line by line: 20005 lines before, 20005 after; the first change is in line 3\.\]/,
    );
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('finds a change far down in a large object, and tells its lines', () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => `line ${index}`);
    const changed = lines.with(150_000, 'other').toSpliced(150_010, 1);
    const [before, after] = [lines, changed].map((all) => configMap({ a: all.join('\n') }));
    const diff = diffObjects(before, after).split('\n');
    const shown = diffObjects(before, after).split('\n').length;
    expect(shown).toBeLessThan(30);
    const [, , head = ''] = diff;
    const start = Number(/^@@ -(\d+),/.exec(head)?.[1]);
    expect(diff).toContain('-    line 150000');
    expect(diff).toContain('+    other');
    expect(diff).toContain('-    line 150010');
    // Two lines stand between the head of a hunk and its first change.
    expect(start + 2).toBe(toYaml(before).split('\n').indexOf('    line 150000') + 1);
  });
});
