import { describe, expect, it } from 'vitest';
import { distance, nearestNames } from './nearest-names.js';

describe('distance', () => {
  it.each([
    ['pods', 'pods', 0],
    ['deploymnet', 'deployment', 1],
    ['pod', 'pods', 1],
    ['svc', 'ns', 3],
    ['', 'abc', 3],
  ])('from %j to %j is %i', (a, b, expected) => {
    expect(distance(a, b)).toBe(expected);
  });
});

describe('nearestNames', () => {
  const candidates = ['pods', 'nodes', 'deployments', 'deployment', 'daemonsets'].map((name) => ({
    spellings: [name],
  }));
  const nearest = (name: string) =>
    nearestNames(name, candidates).flatMap(({ spellings }) => spellings);

  it('gives the closest first', () => {
    expect(nearest('Deploymets')).toEqual(['deployments', 'deployment']);
    expect(nearest('pod')).toEqual(['pods']);
  });

  it('gives nothing that is not alike', () => {
    expect(nearest('xyz')).toEqual([]);
  });
});
