import { describe, expect, it } from 'vitest';
import { RIGHTS, rightText, standingOf, type Extent, type Right } from './rights.js';

const having = (extentOf: (right: Right) => Extent) =>
  standingOf(new Map(RIGHTS.map((right) => [right, extentOf(right)])));

describe(standingOf.name, () => {
  it('is admin for who may do everything', () => {
    expect(having(() => 'everywhere')).toEqual({
      level: 'admin',
      lacks: [],
      isOfNamespace: false,
    });
  });

  it('is the highest level of which there is something, with what is missing from it', () => {
    const { level, lacks } = having(({ level: one, resource }) =>
      one === 'admin' || resource.startsWith('nodes') ? 'nowhere' : 'everywhere',
    );
    expect(level).toBe('operator');
    expect(lacks.map(rightText)).toEqual([
      'list nodes',
      'list nodes.metrics.k8s.io',
      'patch nodes',
    ]);
  });

  it('says that rights are of one namespace', () => {
    const { level, isOfNamespace } = having(({ level: one, isClusterWide }) =>
      one === 'read-only' && !isClusterWide ? 'namespace' : 'nowhere',
    );
    expect([level, isOfNamespace]).toEqual(['read-only', true]);
  });

  it('has no word for who may do nothing', () => {
    expect(having(() => 'nowhere').level).toBeUndefined();
  });
});

describe(rightText.name, () => {
  it('names group and subresource', () => {
    const right = RIGHTS.find(({ resource }) => resource === 'deployments/scale')!;
    expect(rightText(right)).toBe('patch deployments.apps/scale');
  });
});
