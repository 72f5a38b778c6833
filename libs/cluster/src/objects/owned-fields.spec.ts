import { describe, expect, it } from 'vitest';
import { ownsAny } from './owned-fields.js';

/** What a manager owns that has set the replicas, a label and an image. */
const FIELDS = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } },
    'f:volume': {},
  },
};

describe(ownsAny.name, () => {
  it.each([
    [{ spec: { replicas: 4 } }, true],
    [{ spec: { paused: true } }, false],
    [{ spec: { paused: true, replicas: 4 } }, true],
    [{ spec: { replicas: null } }, false],
    [{ spec: { volume: {} } }, true],
    [{ spec: { containers: [{ name: 'other', image: 'x' }] } }, true],
    [{ metadata: { name: 'web', resourceVersion: '7' } }, false],
    [{ metadata: { labels: { app: 'x' } } }, true],
    [{ metadata: { labels: { tier: 'x' } } }, false],
    [[{ op: 'replace', path: '/spec/replicas', value: 4 }], true],
    [[{ op: 'test', path: '/spec/replicas', value: 4 }], false],
    [[{ op: 'remove', path: '/spec/replicas' }], false],
    [[{ op: 'add', path: '/spec/paused', value: true }], false],
    [[{ op: 'add', path: '/spec/containers/0/image', value: 'x' }], true],
    [[{ op: 'move' }], false],
  ])('%j: %s', (patch, expected) => {
    expect(ownsAny(FIELDS, patch)).toBe(expected);
  });

  it('owns nothing without fields', () => {
    expect(ownsAny(undefined, { spec: { replicas: 4 } })).toBe(false);
  });
});
