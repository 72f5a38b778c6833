import { describe, expect, it } from 'vitest';
import type { ToolCall } from '#tools';
import { changeText } from './change-text.js';

const call = (dry_run = false) =>
  ({ shared: { dry_run }, maxOutputChars: 32_000 }) as unknown as ToolCall;

const configMap = (data: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'app', ...metadata },
  data,
});

const ofServer = {
  namespace: 'shop',
  uid: '1',
  resourceVersion: '7',
  creationTimestamp: '2026-01-01T00:00:00Z',
  generation: 1,
  managedFields: [{ manager: 'x' }],
};

describe(changeText.name, () => {
  it('has one line for an object that is created or deleted', () => {
    const object = configMap({ a: '1' });
    const created = { before: undefined, after: object, sent: object };
    expect(changeText('configmap/app created', created, call())).toBe('configmap/app created');
    const deleted = { before: object, after: undefined };
    expect(changeText('configmap/app deleted', deleted, call())).toBe('configmap/app deleted');
    expect(changeText('configmap/app deleted', deleted, call(true))).toBe(
      'configmap/app deleted (dry run: nothing was changed)',
    );
  });

  it('has the hunks of a change, with two lines around', () => {
    const change = { before: configMap({ a: '1', b: '2' }), after: configMap({ a: '1', b: '3' }) };
    expect(changeText('configmap/app patched', change, call()).split('\n')).toEqual([
      'configmap/app patched',
      '',
      '@@ -2,5 +2,5 @@',
      ' data:',
      '   a: "1"',
      '-  b: "2"',
      '+  b: "3"',
      ' kind: ConfigMap',
      ' metadata:',
    ]);
  });

  it('shows in a dry run what the API server adds to a manifest, and no more', () => {
    const sent = configMap({ a: '1' }, { labels: null, creationTimestamp: null });
    const after = { ...configMap({ a: '1' }, ofServer), immutable: false, status: { ready: true } };
    const change = { before: undefined, after, sent };
    expect(changeText('configmap/app created', change, call(true)).split('\n')).toEqual([
      'configmap/app created (dry run: nothing was changed)',
      '',
      'Added by the API server:',
      '@@ -2,4 +2,5 @@',
      ' data:',
      '   a: "1"',
      '+immutable: false',
      ' kind: ConfigMap',
      ' metadata:',
    ]);
    const same = { before: undefined, after: configMap({ a: '1' }, ofServer), sent };
    expect(changeText('configmap/app created', same, call(true))).toBe(
      'configmap/app created (dry run: nothing was changed)',
    );
  });

  it('shows of a Secret that would be created only the keys', () => {
    const data = { password: Buffer.from('hunter22').toString('base64') };
    const sent = { ...configMap(data), kind: 'Secret' };
    const change = { before: undefined, after: { ...sent, type: 'Opaque' }, sent };
    const text = changeText('secret/app created', change, call(true));
    expect(text).toContain('\n+type: Opaque');
    expect(text).not.toContain(data.password);
  });

  it('keeps whole numbers beyond 2^53', () => {
    const of = (size: bigint) => ({ ...configMap({}), spec: { size } });
    const change = { before: of(9007199254740993n), after: of(9007199254740995n) };
    expect(changeText('x patched', change, call())).toContain(
      '-  size: 9007199254740993\n+  size: 9007199254740995',
    );
  });

  it('says how to see all of an object whose hunks are cut', () => {
    const of = (value: string) =>
      configMap(Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`k${at}`, value])), {
        namespace: 'shop',
      });
    const text = changeText('x patched', { before: of('a'), after: of('b') }, call());
    expect(text.length).toBeLessThan(4_050);
    expect(text).toMatch(
      /\n\[\d+ more changed lines in 1 hunk\. k8s_get with resource_type configmap, name app, namespace shop and output yaml shows the object\.\]$/,
    );
  });
});
