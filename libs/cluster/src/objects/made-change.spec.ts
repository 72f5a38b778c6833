import { describe, expect, it } from 'vitest';
import { isMade } from './made-change.js';

const OBJECT = {
  metadata: { name: 'web', resourceVersion: '7', labels: { app: 'web' } },
  spec: { replicas: 3, containers: [{ name: 'app', image: 'app:2' }, { name: 'proxy' }] },
};

describe('isMade', () => {
  it.each([
    [{ spec: { replicas: 3 } }, true],
    [{ spec: { replicas: 4 } }, false],
    [{ metadata: { labels: { app: 'web', tier: null } } }, true],
    [{ metadata: { labels: { app: null } } }, false],
    [{ metadata: { resourceVersion: '6' }, spec: { replicas: 3 } }, true],
    [{ spec: { containers: [{ name: 'app', image: 'app:2' }] } }, true],
    [{ spec: { containers: [{ name: 'app', image: 'app:3' }] } }, false],
    [{ spec: { containers: [{ name: 'app', $patch: 'delete' }] } }, false],
    [{ spec: { containers: [{ name: 'other', $patch: 'delete' }] } }, true],
    [{ spec: { $patch: 'replace', replicas: 3, paused: undefined } }, true],
    [{ status: { phase: 'Running' } }, false],
    [[{ op: 'replace', path: '/spec/replicas', value: 3 }], true],
    [[{ op: 'replace', path: '/spec/replicas', value: 4 }], false],
    [[{ op: 'add', path: '/metadata/labels/app', value: 'web' }], true],
    [[{ op: 'remove', path: '/metadata/labels/tier' }], true],
    [[{ op: 'remove', path: '/metadata/labels/app' }], false],
    [[{ op: 'add', path: '/spec/containers/-', value: { name: 'proxy' } }], true],
    [[{ op: 'add', path: '/spec/containers/0', value: { name: 'other' } }], false],
    [[{ op: 'remove', path: '/spec/containers/2' }], false],
    [
      [
        { op: 'test', path: '/spec/replicas', value: 2 },
        { op: 'replace', path: '/spec/replicas', value: 3 },
      ],
      true,
    ],
    [[{ op: 'test', path: '/spec/replicas', value: 3 }], false],
    [[{ op: 'move', from: '/a', path: '/b' }], false],
    [[], false],
    [['nonsense'], false],
  ])('%j: %s', (patch, expected) => {
    expect(isMade(OBJECT, patch)).toBe(expected);
  });
});
