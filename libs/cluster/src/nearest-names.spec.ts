import { describe, expect, it } from 'vitest';
import { distance, nearestBySpelling, nearestHint, nearestNames } from './nearest-names.js';

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
  const names = ['pods', 'nodes', 'Deployments', 'deployment', 'daemonsets'];

  it('gives the closest first', () => {
    expect(nearestNames('Deploymets', names)).toEqual(['Deployments', 'deployment']);
    expect(nearestNames('pod', names)).toEqual(['pods']);
  });

  it('gives nothing that is not alike', () => {
    expect(nearestNames('xyz', names)).toEqual([]);
  });
});

describe('nearestBySpelling', () => {
  it('knows a thing by each of its names', () => {
    const candidates = [
      { kind: 'Service', spellings: ['services', 'svc'] },
      { kind: 'Pod', spellings: ['pods', 'po'] },
    ];
    expect(nearestBySpelling('svcs', candidates)).toEqual([candidates[0]]);
  });
});

describe('nearestHint', () => {
  it('names them', () => {
    expect(nearestHint(['web', 'wed'])).toBe(' Nearest: web, wed.');
    expect(nearestHint([])).toBe('');
  });
});
